import { fault, type Fault } from '../kernel/index.ts'

/** Something of the archive is not there or not what was put; each has a code of its own, because each has its own cure. */
export class ArchiveBroken extends Error {
  readonly faults: Fault[]

  constructor(one: Fault) {
    super(`${one.code} ${one.path}`)
    this.name = 'ArchiveBroken'
    this.faults = [one]
  }
}

export const blobMissing = (digest: string): Fault =>
  fault('ARCHIVE-01', digest, {
    ru: `В архиве нет файла ${digest.slice(0, 16)}…. Восстановите документ из копии архива: daneker archive restore.`,
    kk: `Мұрағатта ${digest.slice(0, 16)}… файлы жоқ. Құжатты мұрағат көшірмесінен қалпына келтіріңіз: daneker archive restore.`,
    en: `The archive lacks the file ${digest.slice(0, 16)}…. Restore the document from a copy of the archive: daneker archive restore.`,
  })

export const blobAltered = (digest: string): Fault =>
  fault('ARCHIVE-02', digest, {
    ru: `Файл архива ${digest.slice(0, 16)}… изменён: его содержание не совпадает с отпечатком. Он никому не выдан. Восстановите его из копии и выясните, кто имел доступ к хранилищу.`,
    kk: `Мұрағаттың ${digest.slice(0, 16)}… файлы өзгертілген: мазмұны таңбамен сәйкес келмейді. Ол ешкімге берілген жоқ. Оны көшірмеден қалпына келтіріп, қоймаға кім кіргенін анықтаңыз.`,
    en: `The archive file ${digest.slice(0, 16)}… was altered: its content does not match its digest. It was given to nobody. Restore it from a copy and find out who had access to the store.`,
  })

export const archiveFull = (): Fault =>
  fault('ARCHIVE-03', '', {
    ru: 'В хранилище архива нет места. Освободите или добавьте место; документы ждут и будут заархивированы сами.',
    kk: 'Мұрағат қоймасында орын жоқ. Орын босатыңыз немесе қосыңыз; құжаттар күтіп тұр және өздері мұрағатталады.',
    en: 'The archive store has no room. Free or add some; the documents wait and will be archived by themselves.',
  })
