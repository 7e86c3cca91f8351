export interface CatalogueEntry {
  status: number
  description: string
  parameters?: Record<string, number>
}

/**
 * Refusals of the Bot API by a name of ours, for fault rules. Wording as in the source of the Bot API server
 * (github.com/tdlib/telegram-bot-api, github.com/tdlib/td) and in reports of what api.telegram.org answers.
 */
export const CATALOGUE = {
  unauthorized: { status: 401, description: 'Unauthorized' },
  not_found: { status: 404, description: 'Not Found' },
  method_not_found: { status: 404, description: 'Not Found: method not found' },
  invalid_token: { status: 401, description: 'Unauthorized: invalid token specified' },
  unallowed_token: { status: 421, description: 'Misdirected Request: unallowed token specified' },
  invalid_api_id: { status: 401, description: 'Unauthorized: invalid api-id/api-hash' },
  logged_out: { status: 400, description: 'Logged out' },
  blocked_by_user: { status: 403, description: 'Forbidden: bot was blocked by the user' },
  user_deactivated: { status: 403, description: 'Forbidden: user is deactivated' },
  cannot_initiate: { status: 403, description: "Forbidden: bot can't initiate conversation with a user" },
  cannot_message_bot: { status: 403, description: "Forbidden: the bot can't send messages to the bot" },
  chat_not_found: { status: 400, description: 'Bad Request: chat not found' },
  chat_id_empty: { status: 400, description: 'Bad Request: chat_id is empty' },
  private_chat_not_found: { status: 400, description: 'Bad Request: private chat not found' },
  peer_id_invalid: { status: 400, description: 'Bad Request: PEER_ID_INVALID' },
  kicked_from_group: { status: 403, description: 'Forbidden: bot was kicked from the group chat' },
  kicked_from_supergroup: { status: 403, description: 'Forbidden: bot was kicked from the supergroup chat' },
  kicked_from_channel: { status: 403, description: 'Forbidden: bot was kicked from the channel chat' },
  not_member_of_group: { status: 403, description: 'Forbidden: bot is not a member of the group chat' },
  not_member_of_supergroup: { status: 403, description: 'Forbidden: bot is not a member of the supergroup chat' },
  not_member_of_channel: { status: 403, description: 'Forbidden: bot is not a member of the channel chat' },
  group_deleted: { status: 403, description: 'Forbidden: the group chat was deleted' },
  group_upgraded: {
    status: 400,
    description: 'Bad Request: group chat was upgraded to a supergroup chat',
    parameters: { migrate_to_chat_id: -1_001_234_567_890 },
  },
  no_right_to_send_text: {
    status: 400,
    description: 'Bad Request: not enough rights to send text messages to the chat',
  },
  no_right_to_send_photos: { status: 400, description: 'Bad Request: not enough rights to send photos to the chat' },
  no_right_to_send_documents: {
    status: 400,
    description: 'Bad Request: not enough rights to send documents to the chat',
  },
  need_channel_rights: { status: 400, description: 'Bad Request: need administrator rights in the channel chat' },
  no_write_access: { status: 400, description: 'Bad Request: have no write access to the chat' },
  chat_write_forbidden: { status: 400, description: 'Bad Request: CHAT_WRITE_FORBIDDEN' },
  chat_restricted: { status: 400, description: 'Bad Request: CHAT_RESTRICTED' },
  chat_admin_required: { status: 400, description: 'Bad Request: CHAT_ADMIN_REQUIRED' },
  thread_not_found: { status: 400, description: 'Bad Request: message thread not found' },
  topic_closed: { status: 400, description: 'Bad Request: TOPIC_CLOSED' },
  topic_deleted: { status: 400, description: 'Bad Request: TOPIC_DELETED' },
  reply_not_found: { status: 400, description: 'Bad Request: message to be replied not found' },
  text_is_empty: { status: 400, description: 'Bad Request: message text is empty' },
  text_must_be_non_empty: { status: 400, description: 'Bad Request: text must be non-empty' },
  message_too_long: { status: 400, description: 'Bad Request: message is too long' },
  caption_too_long: { status: 400, description: 'Bad Request: message caption is too long' },
  text_too_long: { status: 400, description: 'Bad Request: text is too long' },
  cannot_parse_entities: {
    status: 400,
    description: `Bad Request: can't parse entities: Can't find end of Bold entity at byte offset 0`,
  },
  unsupported_parse_mode: { status: 400, description: 'Bad Request: unsupported parse_mode' },
  reply_markup_no_object: { status: 400, description: 'Bad Request: object expected as reply markup' },
  reply_markup_no_json: {
    status: 400,
    description: "Bad Request: can't parse reply keyboard markup JSON object",
  },
  inline_button_invalid: {
    status: 400,
    description: "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
  },
  inline_button_url_invalid: {
    status: 400,
    description: "Bad Request: inline keyboard button URL 'localhost' is invalid: Wrong HTTP URL",
  },
  button_url_invalid: { status: 400, description: 'Bad Request: BUTTON_URL_INVALID' },
  button_data_invalid: { status: 400, description: 'Bad Request: BUTTON_DATA_INVALID' },
  reply_markup_too_long: { status: 400, description: 'Bad Request: reply markup is too long' },
  wrong_file: { status: 400, description: 'Bad Request: wrong file identifier/HTTP URL specified' },
  wrong_remote_file: {
    status: 400,
    description: "Bad Request: wrong remote file identifier specified: can't unserialize it",
  },
  url_fetch_failed: { status: 400, description: 'Bad Request: failed to get HTTP URL content' },
  wrong_page_type: { status: 400, description: 'Bad Request: wrong type of the web page content' },
  cannot_upload_by_url: { status: 400, description: "Bad Request: can't upload file by URL" },
  no_photo: { status: 400, description: 'Bad Request: there is no photo in the request' },
  no_document: { status: 400, description: 'Bad Request: there is no document in the request' },
  file_empty: { status: 400, description: 'Bad Request: file must be non-empty' },
  photo_dimensions: { status: 400, description: 'Bad Request: PHOTO_INVALID_DIMENSIONS' },
  image_process_failed: { status: 400, description: 'Bad Request: IMAGE_PROCESS_FAILED' },
  photo_extension: {
    status: 400,
    description: 'Bad Request: photo has unsupported extension. Use one of .jpg, .jpeg, .gif, .png, .tif or .bmp',
  },
  photo_too_big: {
    status: 400,
    description: 'Bad Request: file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes',
  },
  request_too_large: { status: 413, description: 'Request Entity Too Large' },
  file_too_big: { status: 400, description: 'Bad Request: file is too big' },
  not_modified: {
    status: 400,
    description:
      'Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
  },
  edit_not_found: { status: 400, description: 'Bad Request: message to edit not found' },
  cannot_edit: { status: 400, description: "Bad Request: message can't be edited" },
  no_text_to_edit: { status: 400, description: 'Bad Request: there is no text in the message to edit' },
  delete_not_found: { status: 400, description: 'Bad Request: message to delete not found' },
  cannot_delete: { status: 400, description: "Bad Request: message can't be deleted" },
  cannot_delete_for_everyone: { status: 400, description: "Bad Request: message can't be deleted for everyone" },
  query_too_old: {
    status: 400,
    description: 'Bad Request: query is too old and response timeout expired or query ID is invalid',
  },
  album_failed: {
    status: 400,
    description: 'Bad Request: failed to send message #1 with the error message "Too Many Requests: retry after 8"',
  },
  frozen: { status: 400, description: 'Bad Request: FROZEN_METHOD_INVALID' },
  other_get_updates: {
    status: 409,
    description: 'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
  },
  webhook_active: {
    status: 409,
    description:
      "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
  },
  terminated_by_set_webhook: { status: 409, description: 'Conflict: terminated by setWebhook request' },
  terminated_by_other_set_webhook: { status: 409, description: 'Conflict: terminated by other setWebhook' },
  webhook_needs_https: {
    status: 400,
    description: 'Bad Request: bad webhook: An HTTPS URL must be provided for webhook',
  },
  webhook_port: {
    status: 400,
    description: 'Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443',
  },
  webhook_reserved_address: {
    status: 400,
    description: 'Bad Request: bad webhook: IP address 127.0.0.1 is reserved',
  },
  webhook_unresolved: {
    status: 400,
    description: 'Bad Request: bad webhook: Failed to resolve host: Name or service not known',
  },
  webhook_url_invalid: { status: 400, description: 'Bad Request: invalid webhook URL specified' },
  secret_token_too_long: { status: 400, description: 'Bad Request: secret token is too long' },
  secret_token_characters: { status: 400, description: 'Bad Request: secret token contains unallowed characters' },
  too_many_requests: {
    status: 429,
    description: 'Too Many Requests: retry after 5',
    parameters: { retry_after: 5 },
  },
  restart: { status: 500, description: 'Internal Server Error: restart' },
  bad_gateway: { status: 502, description: 'Bad Gateway' },
} as const satisfies Record<string, CatalogueEntry>

export type CatalogueKey = keyof typeof CATALOGUE
