import type {JsonObject} from '../json.ts';
import {stringAt} from '../json.ts';

/** An image is unavailable. */
export class ImageError extends Error {
  readonly reason: string;
  /** The message of the event. */
  readonly event: string;
  /** Undefined when a retry is pointless. */
  readonly backOff: string | undefined;

  constructor(reason: string, message: string, image: string) {
    super(message);
    this.reason = reason;
    const isPulled = reason === 'ErrImagePull';
    this.event = isPulled ? `Failed to pull image "${image}": ${message}` : `Error: ${reason}`;
    this.backOff = isPulled ? `Back-off pulling image "${image}"` : undefined;
  }
}

/**
 * Image names that count as missing: `missing`, `registry.example.com/missing-agent:1`, and any of a
 * registry in the reserved domain `.invalid` (RFC 2606).
 */
export const missingByName = /(^|\/)missing[^/]*$|^[^/]*\.invalid(:\d+)?\//;

const reference =
  /^(?:[a-zA-Z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;

/**
 * Checks the image name only: nothing is pulled, and every container sees the programs of this machine.
 * Raises ImageError for an image that counts as missing, and for an invalid name.
 */
export function requireImage(container: JsonObject, missing: RegExp): void {
  const image = stringAt(container, 'image') ?? '';
  if (!reference.test(image)) {
    const why = `couldn't parse image name "${image}": invalid reference format`;
    throw new ImageError(
      'InvalidImageName',
      `Failed to apply default image tag "${image}": ${why}`,
      image,
    );
  }
  if (!missing.test(image)) return;
  if (container.imagePullPolicy === 'Never') {
    const message = `Container image "${image}" is not present with pull policy of Never`;
    throw new ImageError('ErrImageNeverPull', message, image);
  }
  const failed = `failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`;
  throw new ImageError('ErrImagePull', failed, image);
}
