import type { Words } from '../kernel/index.ts'
import type { BundleStep } from './check-bundle.ts'

/** What each step of the check of a container asks. */
export const bundleStepWords: Readonly<Record<BundleStep, Words>> = {
  container: { ru: 'контейнер ASiC-E', kk: 'ASiC-E контейнері', en: 'ASiC-E container' },
  manifest: { ru: 'опись файлов', kk: 'файлдар тізімі', en: 'manifest of the files' },
  file: { ru: 'файл по описи', kk: 'тізім бойынша файл', en: 'file by the manifest' },
  seal: { ru: 'отметка на описи', kk: 'тізімдегі белгі', en: 'mark on the manifest' },
  'record-signature': {
    ru: 'подпись установки на описи',
    kk: 'тізімдегі орнатым қолтаңбасы',
    en: "installation's signature on the manifest",
  },
  receipt: { ru: 'квитанция о приёме', kk: 'қабылдау түбіртегі', en: 'receipt' },
  signature: { ru: 'подпись стороны', kk: 'тарап қолтаңбасы', en: "party's signature" },
  meter: { ru: 'учёт документа', kk: 'құжатты есепке алу', en: 'count of the document' },
  archive: { ru: 'место в архиве', kk: 'мұрағаттағы орны', en: 'place in the archive' },
}
