/** Where Telegram posts updates to: below the public address, `/<bot id>/<mark>` follows. */
export const WEBHOOK_PATH = '/v1/telegram/updates'

/**
 * What tells our webhooks from others'. `mark` is derived from `SECRET_KEY` and the bot: an address that ends in it was made by an
 * installation with this key, wherever it was reached then; and with another key the address is another one, so a webhook whose
 * secret is no longer good is never taken for the right one. (Telegram tells nobody which secret a webhook has.)
 */
export interface WebhookOwner {
  /** Without a slash at its end. */
  publicUrl: string
  mark: string
}

export function webhookUrl({ publicUrl, mark }: WebhookOwner, botId: string): string {
  return `${publicUrl}${WEBHOOK_PATH}/${botId}/${mark}`
}

/** Below our own address, or with our mark. */
export function isOwnWebhook(url: string, { publicUrl, mark }: WebhookOwner): boolean {
  return (
    url.startsWith(`${publicUrl}${WEBHOOK_PATH}/`) || (url.includes(`${WEBHOOK_PATH}/`) && url.endsWith(`/${mark}`))
  )
}
