import { fault, type Fault, type LocalDate } from '../kernel/index.ts'

/** A year of the calendar is not there. Nothing is guessed: somebody has to bring the file. */
export const yearMissing = (year: number): Fault =>
  fault('CALENDAR-01', String(year), {
    ru: `Нет календаря рабочих дней на ${year} год, срок не посчитать. Положите файл kz-${year}.yaml в config/calendar`,
    kk: `${year} жылға арналған жұмыс күндерінің күнтізбесі жоқ, мерзімді есептеу мүмкін емес. config/calendar қалтасына kz-${year}.yaml файлын салыңыз`,
    en: `There is no calendar of working days for ${year}; the term cannot be counted. Put kz-${year}.yaml into config/calendar`,
  })

/** A value of a calendar file is not what it should be. */
export const wrongValue = (path: string, wanted: { ru: string; kk: string; en: string }): Fault =>
  fault('CALENDAR-02', path, {
    ru: `${path}: нужно ${wanted.ru}`,
    kk: `${path}: керегі ${wanted.kk}`,
    en: `${path}: wanted ${wanted.en}`,
  })

export const unknownField = (path: string): Fault =>
  fault('CALENDAR-03', path, {
    ru: `${path}: такого поля в календаре нет. Проверьте написание`,
    kk: `${path}: күнтізбеде мұндай өріс жоқ. Жазылуын тексеріңіз`,
    en: `${path}: a calendar has no such field. Check the spelling`,
  })

export const otherYear = (path: string, date: LocalDate, year: number): Fault =>
  fault('CALENDAR-04', path, {
    ru: `${path}: ${date} не относится к ${year} году. Перенесите день в файл его года`,
    kk: `${path}: ${date} ${year} жылға жатпайды. Күнді өз жылының файлына көшіріңіз`,
    en: `${path}: ${date} is not a day of ${year}. Move it to the file of its year`,
  })

export const dayTwice = (path: string, date: LocalDate, first: string): Fault =>
  fault('CALENDAR-05', path, {
    ru: `${path}: день ${date} уже назван в ${first}. Оставьте один`,
    kk: `${path}: ${date} күні ${first} ішінде аталған. Біреуін қалдырыңыз`,
    en: `${path}: ${date} already stands at ${first}. Keep one`,
  })

export const restedElsewhere = (
  path: string,
  date: LocalDate,
  given: LocalDate | undefined,
  expected: LocalDate | undefined,
): Fault =>
  expected === undefined
    ? fault('CALENDAR-06', path, {
        ru: `${path}: праздник ${date} приходится на будний день и не переносится. Уберите ${given ?? ''}`,
        kk: `${path}: ${date} мерекесі жұмыс күніне түседі және ауыстырылмайды. ${given ?? ''} алып тастаңыз`,
        en: `${path}: the holiday ${date} is a weekday and is not made up for. Remove ${given ?? ''}`,
      })
    : fault('CALENDAR-06', path, {
        ru: `${path}: праздник ${date} приходится на выходной, по закону за него отдыхают ${expected}, в файле ${given ?? 'не указано'}`,
        kk: `${path}: ${date} мерекесі демалысқа түседі, заң бойынша ол үшін ${expected} күні демалады, файлда ${given ?? 'көрсетілмеген'}`,
        en: `${path}: the holiday ${date} is on a weekend; by law it is rested on ${expected}, the file says ${given ?? 'nothing'}`,
      })

export const movedFromWorkingDay = (path: string, date: LocalDate): Fault =>
  fault('CALENDAR-07', path, {
    ru: `${path}: ${date} не суббота и не воскресенье, день отдыха с него не переносят`,
    kk: `${path}: ${date} сенбі де, жексенбі де емес, одан демалыс күні ауыстырылмайды`,
    en: `${path}: ${date} is no Saturday or Sunday; no day off can be moved from it`,
  })

export const movedToWeekend = (path: string, date: LocalDate): Fault =>
  fault('CALENDAR-08', path, {
    ru: `${path}: ${date} и так выходной, день отдыха на него не переносят`,
    kk: `${path}: ${date} онсыз да демалыс, оған демалыс күні ауыстырылмайды`,
    en: `${path}: ${date} is a weekend already; no day off can be moved to it`,
  })

/** Told at the start and in the logs, from October on. */
export const nextYearMissing = (year: number): Fault =>
  fault('CALENDAR-09', String(year), {
    ru: `Нет календаря на ${year} год. Сроки, которые до него дойдут, считаться не будут. Подготовьте config/calendar/kz-${year}.yaml`,
    kk: `${year} жылға күнтізбе жоқ. Оған жететін мерзімдер есептелмейді. config/calendar/kz-${year}.yaml дайындаңыз`,
    en: `There is no calendar for ${year}. Terms that reach it will not be counted. Prepare config/calendar/kz-${year}.yaml`,
  })

/** Told from the middle of December on, when the ministry has usually published the next year. */
export const stillProvisional = (year: number): Fault =>
  fault('CALENDAR-10', String(year), {
    ru: `Календарь на ${year} год предварительный. Сверьте его с опубликованным Минтруда и замените новой версией`,
    kk: `${year} жылға арналған күнтізбе алдын ала жасалған. Оны Еңбекмині жариялағанымен салыстырып, жаңа нұсқамен ауыстырыңыз`,
    en: `The calendar for ${year} is provisional. Compare it with the ministry's and replace it by a new version`,
  })

export const versionTwice = (name: string): Fault =>
  fault('CALENDAR-11', name, {
    ru: `Версия ${name} встречается в двух файлах. Дайте новому файлу следующий номер версии`,
    kk: `${name} нұсқасы екі файлда кездеседі. Жаңа файлға келесі нұсқа нөмірін беріңіз`,
    en: `Version ${name} stands in two files. Give the new file the next version number`,
  })

export const unknownClause = (given: string, known: readonly string[]): Fault =>
  fault('DEADLINE-01', given, {
    ru: `Пункта со сроком «${given}» в оферте нет. Есть: ${known.join(', ')}`,
    kk: `Офертада «${given}» мерзімді тармағы жоқ. Бары: ${known.join(', ')}`,
    en: `The offer has no timer «${given}». There are: ${known.join(', ')}`,
  })
