import type { Act, PaymentInvoice, Waybill } from '../kinds/index.ts'
import { scaled, quantityScale } from './figures.ts'
import type { Rule } from './rule.ts'
import { fault, notice, rule } from './rule.ts'

/** Rules of the payment invoice, the act Р-1 and the waybill З-2 beyond their sums. */

export const paymentInvoiceRules: readonly Rule<PaymentInvoice>[] = [
  rule(
    fault(
      'PAY-01',
      'Не указаны банковские реквизиты бенефициара. Заполните ИИК поставщика.',
      'Бенефициардың банк деректемелері көрсетілмеген. Жеткізушінің ЖСК толтырыңыз.',
      'The bank details of the beneficiary are missing. Fill in the account of the seller.',
    ),
    'seller.bank',
    (invoice) => invoice.seller.bank !== undefined,
  ),
  rule(
    fault(
      'PAY-02',
      'Не указан БИК банка бенефициара. Заполните его в карточке банковского счёта.',
      'Бенефициар банкінің БСК көрсетілмеген. Оны банк шотының карточкасында толтырыңыз.',
      'The bank code of the beneficiary is missing. Fill it in on the card of the bank account.',
    ),
    'seller.bank.bik',
    ({ seller }) => seller.bank === undefined || seller.bank.bik !== undefined,
  ),
  rule(
    fault(
      'PAY-03',
      'Не указан КБе бенефициара. Заполните его в карточке организации.',
      'Бенефициардың КБе көрсетілмеген. Оны ұйым карточкасында толтырыңыз.',
      'The KBe of the beneficiary is missing. Fill it in on the card of the company.',
    ),
    'seller.bank.kbe',
    ({ seller }) => seller.bank === undefined || seller.bank.kbe !== undefined,
  ),
  rule(
    notice(
      'PAY-04',
      'Не указан КНП. Плательщик подберёт его сам; лучше указать.',
      'ТМК көрсетілмеген. Төлеуші оны өзі таңдайды; көрсеткен дұрыс.',
      'The payment purpose code (KNP) is missing. The payer will have to choose it; better to give it.',
    ),
    'paymentPurposeCode',
    (invoice) => invoice.paymentPurposeCode !== undefined,
  ),
  rule(
    fault(
      'PAY-05',
      'Срок оплаты раньше даты счёта. Исправьте одну из дат.',
      'Төлем мерзімі шот күнінен бұрын. Күндердің бірін түзетіңіз.',
      'The payment is due before the date of the invoice. Correct one of the dates.',
    ),
    'payBefore',
    (invoice) => invoice.payBefore === undefined || invoice.payBefore >= invoice.date,
  ),
]

export const actRules: readonly Rule<Act>[] = [
  rule(
    fault(
      'ACT-02',
      'Дата принятия работ ещё не наступила. Исправьте её.',
      'Жұмыстарды қабылдау күні әлі келген жоқ. Оны түзетіңіз.',
      'The day of acceptance is in the future. Correct it.',
    ),
    'acceptedOn',
    (act, { today }) => act.acceptedOn === undefined || act.acceptedOn <= today,
  ),
  rule(
    notice(
      'ACT-03',
      'В форме Р-1 указывается адрес исполнителя. Заполните его.',
      'Р-1 нысанында орындаушының мекенжайы көрсетіледі. Оны толтырыңыз.',
      'Form R-1 states the address of the contractor. Fill it in.',
    ),
    'seller.address',
    (act) => act.seller.address !== undefined,
  ),
  rule(
    notice(
      'ACT-04',
      'В форме Р-1 указывается адрес заказчика. Заполните его.',
      'Р-1 нысанында тапсырыс берушінің мекенжайы көрсетіледі. Оны толтырыңыз.',
      'Form R-1 states the address of the customer. Fill it in.',
    ),
    'buyer.address',
    (act) => act.buyer.address !== undefined,
  ),
  rule(
    notice(
      'ACT-05',
      'Не указано, кто сдал работы (должность и подпись). Форма Р-1 требует этого.',
      'Жұмыстарды кім тапсырғаны (лауазымы және қолы) көрсетілмеген. Р-1 нысаны мұны талап етеді.',
      'It is not stated who delivered the work (position and signature). Form R-1 asks for it.',
    ),
    'deliveredBy',
    (act) => act.deliveredBy !== undefined,
  ),
]

type ActLine = Act['lines'][number]

export const actLineRules: readonly Rule<ActLine>[] = [
  rule(
    fault(
      'ACT-01',
      'Конец периода выполнения раньше начала. Исправьте даты.',
      'Орындау кезеңінің соңы басынан бұрын. Күндерді түзетіңіз.',
      'The work ends before it begins. Correct the dates.',
    ),
    'performedTo',
    ({ performedFrom, performedTo }) =>
      performedFrom === undefined || performedTo === undefined || performedFrom <= performedTo,
  ),
  rule(
    notice(
      'ACT-06',
      'Не указана дата выполнения (графа 3 формы Р-1). Заполните дату или период.',
      'Орындалған күні (Р-1 нысанының 3-бағаны) көрсетілмеген. Күнді немесе кезеңді толтырыңыз.',
      'The day of performance (column 3 of form R-1) is missing. Give the day or the period.',
    ),
    'performedFrom',
    ({ performedFrom, performedTo }) => performedFrom !== undefined || performedTo !== undefined,
  ),
  rule(
    notice(
      'ACT-07',
      'Не указана единица измерения (графа 5 формы Р-1). Заполните её.',
      'Өлшем бірлігі (Р-1 нысанының 5-бағаны) көрсетілмеген. Оны толтырыңыз.',
      'The unit (column 5 of form R-1) is missing. Fill it in.',
    ),
    'unit',
    ({ unit, unitCode }) => unit !== undefined || unitCode !== undefined,
  ),
]

export const waybillRules: readonly Rule<Waybill>[] = [
  rule(
    fault(
      'WAYBILL-03',
      'Доверенность выписана позже накладной. Исправьте дату.',
      'Сенімхат жүкқұжаттан кейін жазылған. Күнін түзетіңіз.',
      'The power of attorney is dated after the waybill. Correct the date.',
    ),
    'warrant.date',
    ({ warrant, date }) => warrant?.date === undefined || warrant.date <= date,
  ),
  rule(
    notice(
      'WAYBILL-04',
      'Не указано, кто отпустил запасы. Форма З-2 требует этого.',
      'Қорларды кім босатқаны көрсетілмеген. З-2 нысаны мұны талап етеді.',
      'It is not stated who released the goods. Form Z-2 asks for it.',
    ),
    'releasedBy',
    (waybill) => waybill.releasedBy !== undefined,
  ),
  rule(
    notice(
      'WAYBILL-05',
      'Не указано, кто разрешил отпуск. Форма З-2 требует этого.',
      'Босатуға кім рұқсат бергені көрсетілмеген. З-2 нысаны мұны талап етеді.',
      'It is not stated who authorised the release. Form Z-2 asks for it.',
    ),
    'authorizedBy',
    (waybill) => waybill.authorizedBy !== undefined,
  ),
]

type WaybillLine = Waybill['lines'][number]

export const waybillLineRules: readonly Rule<WaybillLine>[] = [
  rule(
    fault(
      'WAYBILL-01',
      'Не указана единица измерения. Заполните её в карточке номенклатуры.',
      'Өлшем бірлігі көрсетілмеген. Оны номенклатура карточкасында толтырыңыз.',
      'The unit is missing. Fill it in on the card of the item.',
    ),
    'unit',
    ({ unit, unitCode }) => unit !== undefined || unitCode !== undefined,
  ),
  rule(
    fault(
      'WAYBILL-02',
      'Отпущено больше, чем подлежит отпуску. Исправьте количество.',
      'Босатылуға тиіс мөлшерден артық босатылған. Санын түзетіңіз.',
      'More is released than was due. Correct the quantity.',
    ),
    'quantity',
    ({ quantity, quantityDue }) =>
      quantityDue === undefined || scaled(quantity, quantityScale) <= scaled(quantityDue, quantityScale),
  ),
]
