import { fault, type Fault, type Words } from '../../../core/kernel/index.ts'

const words = {
  'LAB-01': {
    ru: '{folder}: папка не читается ({why}). Укажите папку с образцами.',
    kk: '{folder}: қалта оқылмайды ({why}). Үлгілері бар қалтаны көрсетіңіз.',
    en: '{folder}: the folder cannot be read ({why}). Name a folder with samples.',
  },
  'LAB-02': {
    ru: '{folder}: не найдено отображение. Положите один файл .yaml рядом с образцами или укажите --mapping ФАЙЛ.',
    kk: '{folder}: сәйкестендіру табылмады. Үлгілердің қасына бір .yaml файлын қойыңыз немесе --mapping ФАЙЛ көрсетіңіз.',
    en: '{folder}: no mapping was found. Put one .yaml beside the samples, or name it with --mapping FILE.',
  },
  'LAB-03': {
    ru: '{folder}: нет ни одного образца. Положите сюда файлы вашей системы.',
    kk: '{folder}: бірде-бір үлгі жоқ. Мұнда жүйеңіздің файлдарын қойыңыз.',
    en: '{folder}: there is no sample. Put files of your system here.',
  },
  'LAB-04': {
    ru: '{folder}: файл не разобран ({why}). Ожидается JSON: {"company": {"taxId", "name"}, "profile": {…}}.',
    kk: '{folder}: файл талданбады ({why}). JSON күтіледі: {"company": {"taxId", "name"}, "profile": {…}}.',
    en: '{folder}: the file cannot be read ({why}). JSON is expected: {"company": {"taxId", "name"}, "profile": {…}}.',
  },
  'LAB-05': {
    ru: 'Имя «{folder}» не подходит: латинские строчные буквы, цифры и дефис, до 50 знаков.',
    kk: '«{folder}» атауы жарамайды: латынның кіші әріптері, цифрлар және дефис, 50 таңбаға дейін.',
    en: 'The name “{folder}” does not fit: lower-case letters, digits and hyphens, 50 at most.',
  },
  'LAB-06': {
    ru: 'Папка {folder} уже есть: ничего не перезаписано. Возьмите другое имя или удалите её.',
    kk: '{folder} қалтасы бар: ештеңе қайта жазылмады. Басқа атау алыңыз немесе оны жойыңыз.',
    en: 'The folder {folder} is there already: nothing was overwritten. Take another name or remove it.',
  },
} as const satisfies Record<string, Words>

/** Every code of the lab with its words. */
export const labFaults: Readonly<Record<string, Words>> = words

export const labFault = (code: keyof typeof words, folder: string, why = ''): Fault => {
  const filled = (text: string): string => text.replace('{folder}', folder).replace('{why}', why)
  const { ru, kk, en } = words[code]
  return fault(code, folder, { ru: filled(ru), kk: filled(kk), en: filled(en) })
}
