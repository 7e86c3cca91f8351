export const chats = {
  title: 'Чаты',
}
