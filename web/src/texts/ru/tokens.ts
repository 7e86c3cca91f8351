export const tokens = {
  title: 'Токены',
}
