// Child processes of the bootstrap: quiet ones that are quoted when they fail, and ones that talk to the user.
import { spawn } from 'node:child_process';

const KEPT_CHARACTERS = 8_000;

/** Runs a command without output; resolves with its exit code and the end of what it wrote. */
export function quietly(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let said = '';
    const keep = (chunk) => (said = (said + chunk).slice(-KEPT_CHARACTERS));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => resolve({ code: 127, said: error.message }));
    child.on('close', (code, signal) => resolve({ code: code ?? 128, said: signal ? `${said}\n${signal}` : said }));
  });
}

/** Runs a command that writes to our own streams; resolves with its exit code. */
export function openly(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options });
    // A Ctrl-C reaches the child by itself, through the terminal; a signal sent to us alone is passed on.
    const pass = (signal) => child.kill(signal);
    const ignore = () => undefined;
    process.on('SIGTERM', pass);
    process.on('SIGINT', ignore);
    child.on('error', (error) => resolve({ code: 127, said: error.message }));
    child.on('close', (code, signal) => {
      process.off('SIGTERM', pass);
      process.off('SIGINT', ignore);
      resolve({ code: code ?? (signal === 'SIGINT' ? 130 : 143), said: '' });
    });
  });
}

/** The last lines of what a command wrote, for an error message. */
export function tail(text, lines = 15) {
  return text.trim().split('\n').slice(-lines).join('\n');
}
