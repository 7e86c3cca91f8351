/**
 * Something that the person who runs the program can put right: a port that is taken, a wrong setting, a full disk. The message says
 * in one sentence what is wrong and what to do, holds no secret, and is printed as it is, without a stack. Everything else that
 * reaches `main.ts` is a bug.
 */
export class OperatorError extends Error {
  override readonly name: string = 'OperatorError'
}
