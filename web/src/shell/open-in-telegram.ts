type Opener = (link: string) => void

let phone: Opener | null = null

/** The sandbox's phone says that it is there (and, with null, that it is gone): then it is the Telegram of this page. */
export function setPhone(opener: Opener | null): void {
  phone = opener
}

/** Opens a link of Telegram on the sandbox's phone. False where there is none: then the real Telegram is to open it. */
export function openInTelegram(link: string): boolean {
  phone?.(link)
  return phone !== null
}
