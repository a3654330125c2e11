import type {JsonObject} from '../json.ts';
import {stringAt} from '../json.ts';

/** An image cannot be had. */
export class ImageError extends Error {
  readonly reason: string;
  /** What the event says. */
  readonly event: string;
  /** Undefined when another try makes no sense. */
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
 * Names by which a missing image can be asked for: `missing`, `registry.example.com/missing-agent:1`,
 * and any of a registry in the domain `.invalid`, which nobody can have (RFC 2606).
 */
export const missingByName = /(^|\/)missing[^/]*$|^[^/]*\.invalid(:\d+)?\//;

const reference =
  /^(?:[a-zA-Z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;

/**
 * Nothing is pulled here: every container sees the programs of this machine, whatever its image. An
 * image that is missing by its name, or has no possible one, is refused all the same. Raises
 * ImageError.
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
