/**
 * Longest text of one `sendMessage`, in UTF-16 code units.
 *
 * Source: Bot API, sendMessage, field `text` ("1-4096 characters after entities parsing"). The server (github.com/tdlib/td,
 * MessageContent.cpp) counts Unicode code points, of which a string never has more than UTF-16 units: counting units is a little
 * stricter and therefore always safe. Last checked with Bot API 10.3.
 */
export const MAX_TEXT_UNITS = 4096

/**
 * Seconds to wait when a 429 names no time at all (an answer of the web server before the Bot API). The Bot API server itself says
 * 5 when it is going down. Source: github.com/tdlib/telegram-bot-api, Client.cpp.
 */
export const RETRY_AFTER_WHEN_UNSAID_SECONDS = 5

/**
 * Milliseconds that a long poll may take longer than the `timeout` that we asked for, before we give it up.
 * Telegram answers a little after the timeout; a poll that hangs much longer hangs for good.
 */
export const LONG_POLL_GRACE_MS = 10_000

/** Milliseconds for DNS, TCP and TLS together. Enough for a slow line; nothing was sent when it passes, so trying again is free. */
export const CONNECT_TIMEOUT_MS = 10_000

/**
 * Largest answer that we read, in bytes. `getUpdates` answers at most about 4 MiB (github.com/tdlib/telegram-bot-api, Client.cpp);
 * anything larger is not the Bot API.
 */
export const MAX_ANSWER_BYTES = 16 * 1024 * 1024
