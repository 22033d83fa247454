import { fault, type Fault, type Words } from '../../../core/kernel/index.ts'

const words = {
  'REST-01': {
    ru: 'Вид документа в адресе неизвестен. Список видов — на странице /docs.',
    kk: 'Мекенжайдағы құжат түрі белгісіз. Түрлер тізімі — /docs бетінде.',
    en: 'The kind of document in the address is unknown. The kinds are listed on /docs.',
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

export const restFault = (code: keyof typeof words, path = ''): Fault => fault(code, path, words[code])
