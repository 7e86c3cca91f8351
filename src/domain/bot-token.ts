/**
 * As @BotFather gives it, `123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11`: the number of the bot, a colon, and a secret of 35 characters today
 * (Bot API, "Authorizing your bot"). Long enough in any case that the end of it, which is shown, gives nothing away.
 */
const SHAPE = /^([1-9]\d{2,15}):[A-Za-z0-9_-]{20,200}$/

/** Whose token it is, by its number; undefined when it has not the shape of a token. Whether it is one, only Telegram knows. */
export function telegramBotIdOf(token: string): number | undefined {
  const number = Number(SHAPE.exec(token)?.[1])
  return Number.isSafeInteger(number) ? number : undefined
}

/** Enough for its owner to recognise a token, and for nobody to use it. */
export function tokenHintOf(token: string): string {
  return token.slice(-4)
}
