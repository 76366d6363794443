// An image with one layer as `docker save` writes it, for `docker load`: Docker Image Specification 1.2.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import type Dockerode from 'dockerode';
import { pack } from 'tar-stream';

export interface ArchivedImage {
  readonly tag: string;
  /** As Go calls it: amd64, arm64. */
  readonly architecture: string;
  readonly command: readonly string[];
  /** All executable. */
  readonly files: Readonly<Record<string, Uint8Array>>;
}

export async function loadImage(
  docker: Dockerode,
  { tag, architecture, command, files }: ArchivedImage,
): Promise<void> {
  const layer = await archive(files);
  const digest = createHash('sha256').update(layer).digest('hex');
  const config = {
    architecture,
    os: 'linux',
    config: { Cmd: command },
    rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] },
  };
  const manifest = [{ Config: 'config.json', RepoTags: [tag], Layers: ['layer.tar'] }];
  const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
  const whole = await archive({ 'layer.tar': layer, 'config.json': json(config), 'manifest.json': json(manifest) });
  await text(await docker.loadImage(Readable.from([whole]))); // Loaded when it has said all.
}

async function archive(files: Readonly<Record<string, Uint8Array>>): Promise<Buffer> {
  const tar = pack();
  const whole = buffer(tar);
  for (const [name, bytes] of Object.entries(files)) tar.entry({ name, mode: 0o755 }, Buffer.from(bytes));
  tar.finalize();
  return whole;
}
