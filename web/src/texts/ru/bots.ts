export const bots = {
  title: 'Боты',
}
