const firstWeights = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
const secondWeights = [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]

const weighed = (digits: string, weights: readonly number[]): number => {
  let sum = 0
  for (let i = 0; i < 11; i++) sum += (digits.charCodeAt(i) - 48) * (weights[i] ?? 0)
  return sum % 11
}

/**
 * БИН or ИИН: twelve digits, the last of them the check digit. A first remainder of 10 is weighed again; a
 * second makes the number impossible.
 */
export const isTaxId = (text: string): boolean => {
  if (!/^\d{12}$/.test(text)) return false
  let check = weighed(text, firstWeights)
  if (check === 10) check = weighed(text, secondWeights)
  return check !== 10 && check === text.charCodeAt(11) - 48
}
