import type { ProblemCode } from './contract.ts';

/** Why a call of the desk is refused, in words for the person who reads them. */
export class DeskError extends Error {
  override readonly name = 'DeskError';
  readonly code: ProblemCode;
  /** How long to wait before it is asked again, where that is known. */
  readonly waitSeconds: number | undefined;

  constructor(code: ProblemCode, message: string, options: ErrorOptions & { readonly waitSeconds?: number } = {}) {
    super(message, options);
    this.code = code;
    this.waitSeconds = options.waitSeconds;
  }

  get status(): number {
    return STATUS[this.code];
  }
}

const STATUS: Readonly<Record<ProblemCode, number>> = {
  'sign-in': 401,
  'not-allowed': 403,
  'not-found': 404,
  'bad-input': 400,
  'too-long': 413,
  'too-many': 429,
  fault: 500,
  unavailable: 503,
};

/** The same words whether a referral is not there or is not theirs: neither is anybody else's to know. */
export function notFound(): DeskError {
  return new DeskError(
    'not-found',
    'There is no referral of this reference that you can open. Check the reference. If it is right, ask a colleague who was told of it.',
  );
}

export function fault(): DeskError {
  return new DeskError(
    'fault',
    'Something is wrong at our end, and nothing was changed. Please try again. If it goes on, tell your IT service desk. If it cannot wait, ring: do not wait for this page.',
  );
}

/** @param waitSeconds How long to wait. */
export function tooMany(waitSeconds: number): DeskError {
  return new DeskError(
    'too-many',
    'This page asks too often just now, and nothing was changed. Wait a minute, then try again. If it cannot wait, ring: do not wait for this page.',
    { waitSeconds },
  );
}
