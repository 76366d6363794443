// Which engine is used: DOCKER_HOST before the context before the default socket.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findEndpoint } from '../../../../harness/tier/runtime/endpoint.js';

const config = mkdtempSync(join(tmpdir(), 'remuster-docker-config-'));
const meta = join(config, 'contexts', 'meta', createHash('sha256').update('lab').digest('hex'));
mkdirSync(meta, { recursive: true });
writeFileSync(join(config, 'config.json'), JSON.stringify({ currentContext: 'lab' }));
writeFileSync(
  join(meta, 'meta.json'),
  JSON.stringify({ Name: 'lab', Endpoints: { docker: { Host: 'unix:///lab.sock' } } }),
);

describe('endpoint', () => {
  afterAll(() => rmSync(config, { recursive: true }));

  it('DOCKER_HOST comes first', () => {
    const env = { DOCKER_HOST: 'unix:///mine.sock', DOCKER_CONFIG: config };
    expect(findEndpoint(env)).toMatchObject({ from: 'DOCKER_HOST', options: { socketPath: '/mine.sock' } });
  });

  it('then the context', () => {
    expect(findEndpoint({ DOCKER_CONFIG: config })).toMatchObject({ from: "context 'lab'", url: 'unix:///lab.sock' });
    expect(findEndpoint({ DOCKER_CONFIG: config, DOCKER_CONTEXT: 'default' }).from).toBe('default socket');
    expect(() => findEndpoint({ DOCKER_CONFIG: config, DOCKER_CONTEXT: 'gone' })).toThrow(/'gone' does not exist/);
  });

  it('tells an engine on another machine from one here', () => {
    const at = (host: string) => findEndpoint({ DOCKER_HOST: host });
    expect(at('tcp://127.0.0.1:2375')).toMatchObject({ remoteHost: null, options: { port: 2375, protocol: 'http' } });
    expect(at('tcp://docker:2375')).toMatchObject({ remoteHost: 'docker', options: { host: 'docker' } });
    expect(at('ssh://ops@lab.example')).toMatchObject({ remoteHost: 'lab.example', options: { username: 'ops' } });
    expect(() => at('ftp://x')).toThrow(/unknown way/);
  });
});
