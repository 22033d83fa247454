import { fault, type Fault } from '../../../core/kernel/index.ts'

const at = (source: string | undefined, found: Fault): Fault =>
  source === undefined ? found : { ...found, source }

export const notUbl = (root: string): Fault =>
  fault('UBL-01', '', {
    ru: `Корневой элемент «${root.slice(0, 60)}» — не счёт и не кредит-нота UBL 2.1. Ожидается Invoice или CreditNote.`,
    kk: `«${root.slice(0, 60)}» түбір элементі UBL 2.1 шоты да, кредит-нотасы да емес. Invoice немесе CreditNote күтіледі.`,
    en: `The root “${root.slice(0, 60)}” is no invoice or credit note of UBL 2.1. Invoice or CreditNote is expected.`,
  })

export const unknownUnit = (path: string, unit: string, source: string | undefined): Fault =>
  at(
    source,
    fault('UBL-02', path, {
      ru: `Единица «${unit.slice(0, 20)}» неизвестна. Укажите код UN/ECE Rec 20 или добавьте её в единицы подключения.`,
      kk: `«${unit.slice(0, 20)}» бірлігі белгісіз. UN/ECE Rec 20 кодын көрсетіңіз немесе оны қосылым бірліктеріне қосыңыз.`,
      en: `The unit “${unit.slice(0, 20)}” is unknown. Give a code of UN/ECE Rec 20 or add it to the units of the connection.`,
    }),
  )

export const unknownCategory = (path: string, category: string, source: string | undefined): Fault =>
  at(
    source,
    fault('UBL-03', path, {
      ru: `Категория НДС «${category.slice(0, 10)}» здесь не применяется. Есть: S с процентом, Z и G (0 %), E и O (без НДС).`,
      kk: `«${category.slice(0, 10)}» ҚҚС санаты мұнда қолданылмайды. Бар: пайызымен S, Z және G (0 %), E және O (ҚҚС-сыз).`,
      en: `The VAT category “${category.slice(0, 10)}” has no place here. There are S with a percentage, Z and G (0 %), E and O (without VAT).`,
    }),
  )

export const documentAllowance = (source: string | undefined): Fault =>
  at(
    source,
    fault('UBL-04', 'totals', {
      ru: 'Скидка или надбавка на весь документ не имеет места в казахстанских формах. Распределите её по строкам.',
      kk: 'Бүкіл құжатқа берілген жеңілдік пен үстемеге қазақстандық нысандарда орын жоқ. Оны жолдарға бөліңіз.',
      en: 'An allowance or a charge on the whole document has no place in the Kazakh forms. Spread it over the lines.',
    }),
  )

export const badNumber = (path: string, text: string, source: string | undefined): Fault =>
  at(
    source,
    fault('UBL-05', path, {
      ru: `«${text.slice(0, 40)}» — не число.`,
      kk: `«${text.slice(0, 40)}» — сан емес.`,
      en: `“${text.slice(0, 40)}” is no number.`,
    }),
  )

/** The portal wants to know where goods come from, and UBL has no field for it. */
export const noOrigin = (path: string, source: string): Fault =>
  at(
    source,
    fault('UBL-08', path, {
      ru: 'Не указан признак происхождения товара. Передайте его свойством TruOriginCode (AdditionalItemProperty) или задайте обычный в профиле подключения: settings.ubl.truOriginCode.',
      kk: 'Тауардың шығу тегінің белгісі көрсетілмеген. Оны TruOriginCode қасиетімен (AdditionalItemProperty) беріңіз немесе қосылым профилінде әдеттегісін қойыңыз: settings.ubl.truOriginCode.',
      en: 'The origin of the goods is missing. Send it as the property TruOriginCode (AdditionalItemProperty) or set the usual one in the profile of the connection: settings.ubl.truOriginCode.',
    }),
  )

/** Only invoices have a form in UBL. */
export const noUblForm = (): Fault =>
  fault('UBL-06', '', {
    ru: 'В UBL пишутся только счета на оплату и счета-фактуры. Этот документ скачайте в формате ЭДО.',
    kk: 'UBL-де тек төлем шоттары мен шот-фактуралар жазылады. Бұл құжатты ЭҚА пішімінде жүктеп алыңыз.',
    en: 'Only payment invoices and tax invoices are written as UBL. Take this document in its own format.',
  })

export const mixedSigns = (): Fault =>
  fault('UBL-07', 'lines', {
    ru: 'В дополнительном счёте-фактуре есть и увеличения, и уменьшения: в UBL это два документа. Скачайте его в формате ЭДО.',
    kk: 'Қосымша шот-фактурада көбейту де, азайту да бар: UBL-де бұл екі құжат. Оны ЭҚА пішімінде жүктеп алыңыз.',
    en: 'The additional invoice both adds and takes away: in UBL these are two documents. Take it in its own format.',
  })
