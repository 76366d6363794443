// The process of the `open` engine: requests arrive at a rate, each on a kept connection or on one of its own.
import { OpenDriver } from './open/driver.js';
import { serveLoad } from './worker.js';

serveLoad(({ plan, seed, target }, startMs, books) => {
  const driver = new OpenDriver({ plan, seed, target, books });
  driver.start(startMs);
  return driver;
});
