/**
 * What the bot was to say was not said: whoever serves it stopped before, or nobody serves it now. Nothing is wrong with the words or
 * with the update that asked for them: handled again, it may go better.
 */
export class Unsaid extends Error {
  override readonly name = 'Unsaid'
}
