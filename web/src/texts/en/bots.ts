export const bots = {
  title: 'Bots',
}
