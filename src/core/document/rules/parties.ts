import { addDays, isTaxId } from '../../kernel/index.ts'
import type { Document } from '../kinds/index.ts'
import { declarations, recipientOf, recipientPathOf, senderOf, senderPathOf } from '../kinds/index.ts'
import { planOf } from '../language/plan.ts'
import { visitorOf } from '../language/visit.ts'
import { isAccount, isBankCode, isBeneficiaryCode, isGtin } from './requisites.ts'
import type { CheckContext, Coded, Report } from './rule.ts'
import { fault, notice } from './rule.ts'
import { unitOf } from './units.ts'

/** Rules of every kind: who the parties are, and requisites wherever they stand. */
export const partyRules = {
  taxIdMissing: fault(
    'TAXID-01',
    'Не указан БИН/ИИН. Заполните его в карточке организации или контрагента.',
    'БСН/ЖСН көрсетілмеген. Оны ұйым немесе контрагент карточкасында толтырыңыз.',
    'The BIN/IIN is missing. Fill it in on the card of the company or the counterparty.',
  ),
  taxIdWrong: fault(
    'TAXID-02',
    'БИН/ИИН не проходит проверку контрольного разряда. Сверьте его со справкой о регистрации.',
    'БСН/ЖСН бақылау разрядының тексеруінен өтпейді. Оны тіркеу туралы анықтамамен салыстырыңыз.',
    'The BIN/IIN fails its check digit. Compare it with the registration certificate.',
  ),
  sameParty: fault(
    'TAXID-03',
    'Отправитель и получатель — одно лицо. Выберите другого контрагента.',
    'Жіберуші мен алушы — бір тұлға. Басқа контрагентті таңдаңыз.',
    'The sender and the recipient are the same. Choose another counterparty.',
  ),
  notThisCompany: fault(
    'TAXID-04',
    'Документ составлен от другой организации, чем подключение. Отправьте его через подключение этой организации.',
    'Құжат қосылымның ұйымынан емес, басқа ұйымнан жасалған. Оны сол ұйымның қосылымы арқылы жіберіңіз.',
    'The document is issued by another company than the one of this connection. Send it through the connection of its company.',
  ),
  accountWrong: fault(
    'BANK-01',
    'ИИК неверен: 20 знаков, KZ и контрольные цифры IBAN. Сверьте его с договором банковского счёта.',
    'ЖСК дұрыс емес: 20 таңба, KZ және IBAN бақылау цифрлары. Оны банк шотының шартымен салыстырыңыз.',
    'The account (IIK) is wrong: 20 characters, KZ and IBAN check digits. Compare it with the bank contract.',
  ),
  bankCodeWrong: fault(
    'BANK-02',
    'БИК банка неверен. Укажите 8 или 11 знаков, например CASPKZKA.',
    'Банктің БСК дұрыс емес. 8 немесе 11 таңба көрсетіңіз, мысалы CASPKZKA.',
    'The bank code (BIC) is wrong. Give 8 or 11 characters, such as CASPKZKA.',
  ),
  beneficiaryCodeWrong: fault(
    'BANK-03',
    'КБе неверен: первая цифра — резидентство (1 или 2), вторая — сектор экономики (1–9).',
    'КБе дұрыс емес: бірінші цифр — резиденттік (1 немесе 2), екіншісі — экономика секторы (1–9).',
    'The KBe is wrong: the first digit is residency (1 or 2), the second the sector of the economy (1 to 9).',
  ),
  gtinWrong: fault(
    'LINE-10',
    'GTIN неверен: 8, 12, 13 или 14 цифр с контрольной. Сверьте его со штрихкодом.',
    'GTIN дұрыс емес: бақылау цифры бар 8, 12, 13 немесе 14 цифр. Оны штрихкодпен салыстырыңыз.',
    'The GTIN is wrong: 8, 12, 13 or 14 digits with a check digit. Compare it with the bar code.',
  ),
  unitUnknown: notice(
    'LINE-11',
    'Код единицы измерения не из числа обычных. Проверьте его по классификатору МКЕИ.',
    'Өлшем бірлігінің коды әдеттегілер қатарында жоқ. Оны ӨБХЖ жіктеуіші бойынша тексеріңіз.',
    'The unit code is not one of the usual ones. Check it against the MKEI classifier.',
  ),
  dateAbsurd: fault(
    'DOC-21',
    'Дата документа неправдоподобна: раньше 2000 года или больше чем на год вперёд. Исправьте её.',
    'Құжат күні шындыққа жанаспайды: 2000 жылдан бұрын немесе бір жылдан артық алда. Оны түзетіңіз.',
    'The date of the document is not credible: before 2000 or more than a year ahead. Correct it.',
  ),
  dateAhead: notice(
    'DOC-22',
    'Дата документа ещё не наступила. Проверьте, что это намеренно.',
    'Құжат күні әлі келген жоқ. Бұл әдейі жасалғанын тексеріңіз.',
    'The date of the document is in the future. Check that this is meant.',
  ),
} satisfies Record<string, Coded>

const checks: Readonly<
  Record<string, { is: (text: string, holder: Record<string, unknown>) => boolean; otherwise: Coded }>
> = {
  TaxId: { is: isTaxId, otherwise: partyRules.taxIdWrong },
  Iik: { is: (text, { bik }) => isAccount(text, bik), otherwise: partyRules.accountWrong },
  Bik: { is: isBankCode, otherwise: partyRules.bankCodeWrong },
  Kbe: { is: isBeneficiaryCode, otherwise: partyRules.beneficiaryCodeWrong },
  Gtin: { is: isGtin, otherwise: partyRules.gtinWrong },
  UnitCode: { is: (text) => unitOf(text) !== undefined, otherwise: partyRules.unitUnknown },
}

const wanted = new Set(Object.keys(checks))
const visitors = new Map(
  Object.entries(declarations).map(([kind, form]) => [
    kind as Document['kind'],
    visitorOf(planOf(form), wanted),
  ]),
)

export const checkParties = (document: Document, context: CheckContext, report: Report): void => {
  visitors.get(document.kind)?.(document, '', (typeName, text, path, holder) => {
    const check = checks[typeName]
    if (check !== undefined && !check.is(text, holder)) report.say(check.otherwise, path)
  })

  const sender = senderOf(document)
  const recipient = recipientOf(document)
  if (sender.taxId === undefined) report.say(partyRules.taxIdMissing, `${senderPathOf(document.kind)}.taxId`)
  if (recipient.taxId === undefined && !mayLackTaxId(document)) {
    report.say(partyRules.taxIdMissing, `${recipientPathOf(document.kind)}.taxId`)
  }
  const isSame = sender.taxId !== undefined && sender.taxId === recipient.taxId
  // Head office and branch, or two branches, do send each other waybills under one БИН.
  if (isSame && sender.branchTaxId === recipient.branchTaxId) {
    report.say(partyRules.sameParty, `${recipientPathOf(document.kind)}.taxId`)
  }
  const company = context.companyTaxId
  if (
    company !== undefined &&
    sender.taxId !== undefined &&
    company !== sender.taxId &&
    company !== sender.branchTaxId
  ) {
    report.say(partyRules.notThisCompany, `${senderPathOf(document.kind)}.taxId`)
  }

  if (document.date < '2000-01-01' || document.date > addDays(context.today, 366))
    report.say(partyRules.dateAbsurd, 'date')
  else if (document.date > context.today) report.say(partyRules.dateAhead, 'date')
}

/** A non-resident has no Kazakh number to give. */
const mayLackTaxId = (document: Document): boolean => {
  if (document.kind === 'tax-invoice') return document.buyer.statuses?.includes('nonresident') === true
  const { country } = recipientOf(document)
  return country !== undefined && country !== 'KZ'
}
