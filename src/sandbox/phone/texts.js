/** @import { FaultAction } from '../faults/fault-rule.ts' */
/** What the phone says by itself. Only the embedded page has more than one language: whoever frames it says which. */

const EN = {
  locale: 'en-GB',
  you: 'You',
  forwardedFrom: 'Forwarded from ',
  aChat: 'a chat',
  silentTitle: 'Sent without a sound',
  silent: 'silent ',
  edited: 'edited ',
  buttons: 'Buttons of this message',
  copied: 'Copied.',
  /** @param {string} what */
  notCopied: (what) => `Could not copy. The text is: ${what}`,
  chats: 'Chats',
  startable: 'Bots you can start',
  noBots: 'There is no bot yet. Make one under Controls, or start your program: its bot appears here.',
  /** @param {number} count */
  unread: (count) => `${count} new`,
  messages: 'Messages',
  back: 'Back to the chats',
  block: 'Block',
  unblock: 'Unblock',
  unblockBot: 'Unblock the bot',
  bot: 'bot',
  blockedByYou: 'bot, blocked by you',
  /** @param {string} name of sendChatAction */
  action: (name) => `${name.replaceAll('_', ' ')} …`,
  nothingYet: 'Nothing here yet.',
  start: 'Start',
  whatCanItDo: 'What can this bot do?',
  message: 'Message',
  suggestedAnswers: 'Suggested answers',
  menu: 'Menu',
  sendOther: 'Send something else',
  send: 'Send',
  photo: 'Photo',
  photoWithText: 'Photo with a text',
  photoText: 'What I see from here',
  sticker: 'Sticker',
  file: 'File',
  contact: 'Contact',
  video: 'Video',
  audio: 'Audio',
  voice: 'Voice message',
  hiddenText: 'Hidden text. Show it',
  somebody: 'Somebody',
  deletedChat: 'Deleted chat',
  /** @param {string | undefined} name */
  groupOf: (name) => `${name ?? 'My'}'s group`,
  group: 'group',
  channel: 'channel',
  /** @param {number} count */
  members: (count) => `${count} ${count === 1 ? 'member' : 'members'}`,
  service: {
    /** @param {string} who */
    joined: (who) => `${who} joined the group`,
    /** @param {string} who @param {string} whom */
    added: (who, whom) => `${who} added ${whom}`,
    /** @param {string} who */
    left: (who) => `${who} left the group`,
    /** @param {string} who @param {string} whom */
    removed: (who, whom) => `${who} removed ${whom}`,
    /** @param {string} who */
    groupCreated: (who) => `${who} created the group`,
    /** @param {string} who */
    supergroupCreated: (who) => `${who} created the supergroup`,
    channelCreated: 'Channel created',
    becameSupergroup: 'The group became a supergroup',
    wasGroup: 'This supergroup was a group before',
    /** @param {string} who @param {string} title */
    renamed: (who, title) => `${who} called the group «${title}»`,
    /** @param {string} who */
    pinned: (who) => `${who} pinned a message`,
    /** @param {string} name */
    topicCreated: (name) => `Topic «${name}» created`,
    topicClosed: 'Topic closed',
    topicReopened: 'Topic reopened',
  },
  noCalls: 'No calls yet.',
  noAnswer: 'no answer',
  /** @param {number} status */
  answered: (status) => `The sandbox answered ${status}.`,
  /** @param {string} name */
  noSuchBot: (name) => `There is no bot @${name} in this sandbox.`,
  /** @param {string} about @param {number} times */
  soFar: (about, times) => `${about} So far: ${times}.`,
  weather: {
    down: { name: 'Telegram is down', about: 'Every call of every bot gets 502 Bad Gateway.' },
    tooMany: { name: 'Too many requests', about: 'Every sendMessage gets 429 with «retry after 5».' },
    slow: { name: 'Telegram is slow', about: 'Every message takes 5 seconds longer.' },
    lost: { name: 'Answers get lost', about: 'Messages arrive, but the connection breaks before Telegram says so.' },
  },
  /** @type {Record<FaultAction['kind'], string>} Those without a switch, in a word. */
  faults: {
    http: 'Telegram refuses',
    html: 'Telegram is down',
    delay: 'Telegram is slow',
    drop_before: 'connections break before anything happens',
    drop_after: 'answers get lost',
    partial: 'answers break off',
    garbage: 'answers are garbled',
    reset: 'connections are reset',
    too_many_requests: 'too many requests (429)',
    slow_drip: 'answers trickle',
    wrong_content_type: 'answers of the wrong type',
    duplicate_update: 'updates come twice',
    reorder_updates: 'updates come in the wrong order',
    update_id_jump: 'numbers of updates jump',
    album_partial: 'albums arrive in part',
    clock_skip: 'Telegram’s clock is wrong',
  },
  embedded: {
    title: 'Phone in the sandbox',
    strip: 'Sandbox: not the real Telegram',
    phone: 'Phone',
    weather: 'Faults',
    backToPhone: 'Back to the phone',
    weatherNote:
      'Here you can make Telegram fail, and watch what becomes of your messages. It holds for the whole sandbox, for everybody in it, until it is switched off.',
    /** @param {string} names */
    badWeather: (names) => `Switched on: ${names}`,
    calls: 'What your bots asked of Telegram',
    offline: 'No answer from the sandbox. Trying again …',
    signedOut: 'You are signed out here. Sign in again, and the phone comes back.',
    deleted: 'This person has deleted their Telegram account.',
    noBots: 'There is no bot here yet.',
    notALink: 'This is no link to a bot.',
    ok: 'OK',
  },
}

/** @type {Record<string, string>} What sendChatAction shows. */
const ACTIONS_RU = {
  typing: 'печатает …',
  upload_photo: 'отправляет фото …',
  upload_document: 'отправляет файл …',
  choose_sticker: 'выбирает стикер …',
}

/** @param {number} count @param {string} one @param {string} few @param {string} many */
function plural(count, one, few, many) {
  const rule = new Intl.PluralRules('ru').select(count)
  return `${count} ${rule === 'one' ? one : rule === 'few' ? few : many}`
}

/** @type {typeof EN} */
const RU = {
  locale: 'ru-RU',
  you: 'Вы',
  forwardedFrom: 'Переслано от ',
  aChat: 'чата',
  silentTitle: 'Отправлено без звука',
  silent: 'без звука ',
  edited: 'изменено ',
  buttons: 'Кнопки сообщения',
  copied: 'Скопировано.',
  notCopied: (what) => `Не удалось скопировать. Текст: ${what}`,
  chats: 'Чаты',
  startable: 'Боты, которых можно запустить',
  noBots: 'Ботов пока нет.',
  unread: (count) => `новых: ${count}`,
  messages: 'Сообщения',
  back: 'Назад к чатам',
  block: 'Заблокировать',
  unblock: 'Разблокировать',
  unblockBot: 'Разблокировать бота',
  bot: 'бот',
  blockedByYou: 'бот заблокирован вами',
  action: (name) => ACTIONS_RU[name] ?? 'что-то делает …',
  nothingYet: 'Здесь пока пусто.',
  start: 'Запустить',
  whatCanItDo: 'Что умеет этот бот?',
  message: 'Сообщение',
  suggestedAnswers: 'Варианты ответа',
  menu: 'Меню',
  sendOther: 'Отправить что-то ещё',
  send: 'Отправить',
  photo: 'Фото',
  photoWithText: 'Фото с подписью',
  photoText: 'Вид из моего окна',
  sticker: 'Стикер',
  file: 'Файл',
  contact: 'Контакт',
  video: 'Видео',
  audio: 'Аудио',
  voice: 'Голосовое сообщение',
  hiddenText: 'Скрытый текст. Показать',
  somebody: 'Кто-то',
  deletedChat: 'Удалённый чат',
  groupOf: (name) => (name === undefined ? 'Моя группа' : `Группа: ${name}`),
  group: 'группа',
  channel: 'канал',
  members: (count) => plural(count, 'участник', 'участника', 'участников'),
  service: {
    joined: (who) => `${who} теперь в группе`,
    added: (who, whom) => `${who} добавляет: ${whom}`,
    left: (who) => `${who} больше не в группе`,
    removed: (who, whom) => `${who} удаляет: ${whom}`,
    groupCreated: (who) => `${who} создаёт группу`,
    supergroupCreated: (who) => `${who} создаёт супергруппу`,
    channelCreated: 'Канал создан',
    becameSupergroup: 'Группа стала супергруппой',
    wasGroup: 'Раньше эта супергруппа была группой',
    renamed: (who, title) => `${who} меняет название группы на «${title}»`,
    pinned: (who) => `${who} закрепляет сообщение`,
    topicCreated: (name) => `Создана тема «${name}»`,
    topicClosed: 'Тема закрыта',
    topicReopened: 'Тема снова открыта',
  },
  noCalls: 'Пока ни одного запроса.',
  noAnswer: 'нет ответа',
  answered: (status) => `Песочница ответила ${status}.`,
  noSuchBot: (name) => `В этой песочнице нет бота @${name}.`,
  soFar: (about, times) => `${about} Уже сработало: ${times}.`,
  weather: {
    down: { name: 'Telegram не работает', about: 'На любой запрос любого бота ответ 502 Bad Gateway.' },
    tooMany: { name: 'Слишком много запросов', about: 'На каждый sendMessage ответ 429: «повторите через 5 секунд».' },
    slow: { name: 'Telegram тормозит', about: 'Каждое сообщение отправляется на 5 секунд дольше.' },
    lost: { name: 'Ответы теряются', about: 'Сообщения доходят, но связь рвётся до ответа Telegram.' },
  },
  faults: {
    http: 'Telegram отказывает',
    html: 'Telegram не работает',
    delay: 'Telegram тормозит',
    drop_before: 'связь рвётся раньше времени',
    drop_after: 'ответы теряются',
    partial: 'ответы обрываются',
    garbage: 'ответы искажены',
    reset: 'соединения сбрасываются',
    too_many_requests: 'слишком много запросов (429)',
    slow_drip: 'ответы идут по капле',
    wrong_content_type: 'ответы не того типа',
    duplicate_update: 'обновления приходят дважды',
    reorder_updates: 'обновления приходят не по порядку',
    update_id_jump: 'номера обновлений скачут',
    album_partial: 'альбомы доходят не целиком',
    clock_skip: 'часы Telegram сбились',
  },
  embedded: {
    title: 'Телефон в песочнице',
    strip: 'Песочница: не настоящий Telegram',
    phone: 'Телефон',
    weather: 'Сбои',
    backToPhone: 'К телефону',
    weatherNote:
      'Здесь можно сломать Telegram и посмотреть, что станет с вашими сообщениями. Сбой действует на всю песочницу и на всех, кто в ней, пока его не выключат.',
    badWeather: (names) => `Включено: ${names}`,
    calls: 'О чём ваши боты просили Telegram',
    offline: 'Песочница не отвечает. Пробуем ещё раз …',
    signedOut: 'Вы вышли из аккаунта. Войдите снова, и телефон вернётся.',
    deleted: 'Этот человек удалил свой аккаунт в Telegram.',
    noBots: 'Ботов здесь пока нет.',
    notALink: 'Это не ссылка на бота.',
    ok: 'ОК',
  },
}

const isEmbedded = document.documentElement.dataset['page'] === 'embedded'

/** @type {'en' | 'ru'} */
export const language = isEmbedded && new URLSearchParams(location.search).get('lang') === 'ru' ? 'ru' : 'en'

export const texts = { en: EN, ru: RU }[language]
