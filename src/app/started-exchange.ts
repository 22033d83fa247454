import type { Exchange } from '../core/exchange/index.ts'

/** The exchange by name: it is put together later than those who call it. */
export const startedExchange = (
  exchange: () => Exchange,
): Pick<Exchange, 'send' | 'list' | 'status' | 'signatures' | 'trail' | 'answer'> => ({
  send: (submission) => exchange().send(submission),
  list: (question) => exchange().list(question),
  status: (question) => exchange().status(question),
  signatures: (question) => exchange().signatures(question),
  trail: (question) => exchange().trail(question),
  answer: (answer) => exchange().answer(answer),
})
