export const operator = {
  title: 'Оператор',
}
