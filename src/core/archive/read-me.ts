import type { DocumentRecord } from '../exchange/index.ts'

/** For whoever opens the container years later without us: what lies here and how to check it. */
export const readMe = ({
  id,
  kind,
  number,
  date,
  digest,
}: DocumentRecord): string => `Электронный документ с доказательствами · Дәлелдері бар электрондық құжат · Document with its evidence
id ${id}
${kind} № ${number} ${date}
SHA-256 ${digest}

document.xml         точные байты, под которыми стоят подписи · the exact bytes that were signed
original/            сообщение, каким оно пришло · the message as it came
signatures/*.p7s     подписи (CMS, отсоединённые) · signatures (detached CMS)
signatures/*.extended.p7s   они же с отметкой времени и ответами OCSP · the same with time stamp and OCSP answers
signatures/*.ocsp    ответы OCSP по одному · OCSP answers one by one
signatures/*.json    что показала проверка · what the check found
receipt.json         квитанция отправителю · the receipt
trail/               всё, что произошло · everything that happened
portal/              счёт-фактура в ИС ЭСФ · the invoice at the state portal
calendar/            рабочие дни, по которым считались сроки · working days that deadlines were counted by
meter.json           как документ был учтён · how it was counted
archive.json         место в архиве, пакет дня · its place in the archive
META-INF/            опись файлов и отметка оператора · manifest of the files, the operator's mark

Проверка без сети · offline check:
  daneker verify FILE.asice --trust FOLDER
  check.html (один файл, открыть в браузере · one file, open in a browser)
  openssl cms -verify -binary -inform DER -in signatures/01-sender-document.p7s -content document.xml -noverify
    (подписи RSA и ECDSA; ГОСТ требует средства с ГОСТ · RSA and ECDSA; GOST needs a tool that knows it)
`
