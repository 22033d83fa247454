import { documentKinds } from '../../../core/document/index.ts'
import { fault, type Fault, type Words } from '../../../core/kernel/index.ts'

const words = {
  'REST-01': {
    ru: 'Вид документа не указан или неизвестен. Есть: {known}.',
    kk: 'Құжат түрі көрсетілмеген немесе белгісіз. Бары: {known}.',
    en: 'The kind of the document is missing or unknown. There are: {known}.',
  },
  'REST-02': {
    ru: 'Поле или параметр отсутствует, лишний или имеет неверный вид. Сверьтесь с /docs.',
    kk: 'Өріс немесе параметр жоқ, артық немесе түрі дұрыс емес. /docs бетін қараңыз.',
    en: 'A field or parameter is missing, superfluous or has the wrong form. See /docs.',
  },
  'REST-03': {
    ru: 'Вид документа в теле не совпадает с видом в адресе.',
    kk: 'Мазмұндағы құжат түрі мекенжайдағы түрге сәйкес келмейді.',
    en: 'The kind of the document in the body is not the one in the address.',
  },
} satisfies Record<string, Words>

const kinds = documentKinds.join(', ')
const filled = (text: string): string => text.replace('{known}', kinds)

export const restFault = (code: keyof typeof words, path = ''): Fault => {
  const { ru, kk, en } = words[code]
  return fault(code, path, { ru: filled(ru), kk: filled(kk), en: filled(en) })
}
