import type { SignerRole, Verdict } from '../../core/signature/index.ts'
import type { Words } from '../../core/kernel/index.ts'

const words = (ru: string, kk: string, en: string): Words => ({ ru, kk, en })

/** What the pages say besides the document itself. */
export const pageWords = {
  languageSwitch: words('Язык страницы', 'Бет тілі', 'Language of the page'),
  skip: words('К ответу', 'Жауапқа өту', 'Go to your answer'),
  from: words('От кого', 'Кімнен', 'From'),
  to: words('Кому', 'Кімге', 'To'),
  total: words('Сумма', 'Сома', 'Amount'),
  until: words('Ссылка действует до', 'Сілтеме мына уақытқа дейін жарамды', 'The link works until'),
  taxId: words('БИН/ИИН', 'БСН/ЖСН', 'BIN/IIN'),
  reason: words('Причина', 'Себебі', 'Reason'),
  document: words('Документ', 'Құжат', 'Document'),
  documentNote: words(
    'Показаны все данные, которые подписаны. Юридическую силу имеет файл XML с подписью, а не эта страница.',
    'Қол қойылған барлық деректер көрсетілген. Заңды күші бар нұсқа — бұл бет емес, қолтаңбасы бар XML файлы.',
    'Everything that is signed is shown. What counts in law is the XML file with its signature, not this page.',
  ),
  technical: words('Технические сведения', 'Техникалық мәліметтер', 'Technical details'),
  digest: words('SHA-256 точных байтов', 'Нақты байттардың SHA-256', 'SHA-256 of the exact bytes'),
  moreRows: words(
    'Показаны не все строки. Все строки есть в файле документа. Всего строк:',
    'Жолдардың барлығы көрсетілмеген. Барлығы құжат файлында бар. Жол саны:',
    'Not all rows are shown; all of them are in the document’s file. Rows in all:',
  ),
  downloads: words('Скачать', 'Жүктеп алу', 'Download'),
  downloadXml: words('Документ (XML)', 'Құжат (XML)', 'Document (XML)'),
  downloadPdf: words('Печатная форма (PDF)', 'Баспа нысаны (PDF)', 'Print form (PDF)'),
  downloadFile: words('Вложенный файл', 'Тіркелген файл', 'Attached file'),
  signatures: words('Подписи', 'Қолтаңбалар', 'Signatures'),
  noSignatures: words('Подписей пока нет.', 'Әзірге қолтаңба жоқ.', 'No signatures yet.'),
  signatureFile: words('Файл подписи (CMS)', 'Қолтаңба файлы (CMS)', 'Signature file (CMS)'),
  sender: words('Отправитель', 'Жіберуші', 'Sender'),
  recipient: words('Получатель', 'Алушы', 'Recipient'),
  signedBy: words('Подписал', 'Қол қойған', 'Signed by'),
  organization: words('Организация', 'Ұйым', 'Organisation'),
  role: words('Полномочие', 'Өкілеттік', 'Role'),
  provenTime: words('Момент подписи доказан', 'Қол қою сәті дәлелденген', 'Proven time of signing'),
  checkedAt: words('Проверена', 'Тексерілді', 'Checked'),
  bin: words('БИН', 'БСН', 'BIN'),
  iin: words('ИИН', 'ЖСН', 'IIN'),

  stateAnswer: words(
    'Документ ждёт вашего ответа',
    'Құжат жауабыңызды күтуде',
    'The document awaits your answer',
  ),
  stateAnnulment: words(
    'Отправитель просит аннулировать документ',
    'Жіберуші құжаттың күшін жоюды сұрайды',
    'The sender asks to annul the document',
  ),
  stateAccepted: words(
    'Документ принят и подписан',
    'Құжат қабылданды, қол қойылды',
    'The document is accepted and signed',
  ),
  stateRefused: words('В документе отказано', 'Құжаттан бас тартылды', 'The document was refused'),
  stateAnnulled: words('Документ аннулирован', 'Құжаттың күші жойылды', 'The document is annulled'),
  stateNoAnswer: words(
    'Документ получен, ответ не требуется',
    'Құжат алынды, жауап қажет емес',
    'The document has arrived; no answer is needed',
  ),
  stateAwaitsSignature: words(
    'Документ ждёт подписи вашей организации',
    'Құжат ұйымыңыздың қолтаңбасын күтуде',
    'The document awaits your organisation’s signature',
  ),
  stateSigning: words(
    'Подпись получена, но ещё не подтверждена: удостоверяющий центр не ответил. Проверка повторится сама.',
    'Қолтаңба алынды, бірақ әлі расталмады: куәландырушы орталық жауап бермеді. Тексеру өздігінен қайталанады.',
    'The signature has arrived but is not confirmed yet: the authority did not answer. The check repeats by itself.',
  ),
  stateSigned: words('Документ подписан', 'Құжатқа қол қойылды', 'The document is signed'),
  stateFailed: words('Документ не отправлен', 'Құжат жіберілмеді', 'The document was not sent'),

  answerTitle: words('Ваш ответ', 'Сіздің жауабыңыз', 'Your answer'),
  signTitle: words('Подписание', 'Қол қою', 'Signing'),
  whoSigns: words('Подписать должна организация', 'Қол қоятын ұйым', 'The organisation that must sign'),
  askedBy: words('Кто просит подписать', 'Кім қол қоюды сұрайды', 'Who asks for the signature'),
  signBy: words('Подписать до', 'Қол қою мерзімі', 'Sign by'),
  note: words('Пояснение', 'Түсініктеме', 'Note'),
  packageTitle: words('Документы на подпись', 'Қол қоюға арналған құжаттар', 'Documents to sign'),
  packageState: words(
    'Ждут подписи вашей организации:',
    'Ұйымыңыздың қолтаңбасын күтуде:',
    'Awaiting your organisation’s signature:',
  ),
  packageDone: words(
    'Все документы пакета подписаны или больше не ждут подписи.',
    'Пакеттің барлық құжатына қол қойылды немесе олар енді қолтаңба күтпейді.',
    'Every document of the package is signed or waits no more.',
  ),
  packageList: words('Документы', 'Құжаттар', 'Documents'),
  packageRead: words(
    'Откройте и прочитайте каждый документ перед подписанием. Одно окно NCALayer подпишет все, что ещё ждут подписи; каждый получит свою подпись и свой результат.',
    'Қол қоймас бұрын әр құжатты ашып оқыңыз. NCALayer-дің бір терезесі күтіп тұрғандардың барлығына қол қояды; әр құжаттың өз қолтаңбасы мен нәтижесі болады.',
    'Open and read every document before you sign. One window of NCALayer signs all that still wait; each gets a signature and an outcome of its own.',
  ),
  packageButton: words(
    'Подписать все через NCALayer',
    'Барлығына NCALayer арқылы қол қою',
    'Sign all with NCALayer',
  ),
  packageBack: words(
    '← Ко всем документам пакета',
    '← Пакеттің барлық құжаттарына',
    '← All documents of the package',
  ),
  documentOf: words('Документ пакета', 'Пакет құжаты', 'Document of the package'),
  packageNeedsScript: words(
    'Чтобы подписать пакет одним окном NCALayer, включите JavaScript. Без него откройте документы по одному.',
    'Пакетке NCALayer-дің бір терезесімен қол қою үшін JavaScript қосыңыз. Онсыз құжаттарды бір-бірлеп ашыңыз.',
    'To sign the package in one window of NCALayer switch JavaScript on. Without it open the documents one by one.',
  ),
  declineSignTitle: words('Не подписывать', 'Қол қоймау', 'Do not sign'),
  declineSignReason: words(
    'Почему не подписываете (увидит тот, кто просит)',
    'Неліктен қол қоймайсыз (сұраған адам көреді)',
    'Why you do not sign (who asks will see it)',
  ),
  declineSignButton: words('Отказаться подписывать', 'Қол қоюдан бас тарту', 'Decline to sign'),
  declined: words(
    'От подписания отказались. Документ всё ещё можно подписать.',
    'Қол қоюдан бас тартылды. Құжатқа әлі де қол қоюға болады.',
    'Signing was declined. The document can still be signed.',
  ),
  acceptTitle: words('Принять и подписать', 'Қабылдау және қол қою', 'Accept and sign'),
  ncalayerButton: words('Подписать через NCALayer', 'NCALayer арқылы қол қою', 'Sign with NCALayer'),
  ncalayerNote: words(
    'Откроется окно NCALayer. Выберите ключ ЭЦП с правом подписи от имени организации.',
    'NCALayer терезесі ашылады. Ұйым атынан қол қою құқығы бар ЭЦҚ кілтін таңдаңыз.',
    'A window of NCALayer opens. Choose a key that may sign for the organisation.',
  ),
  cancel: words('Отменить', 'Болдырмау', 'Cancel'),
  manualTitle: words(
    'Подписать другой программой',
    'Басқа бағдарламамен қол қою',
    'Sign with another program',
  ),
  manualSteps: words(
    'Скачайте документ (XML), подпишите его отдельной подписью CMS (detached) и приложите файл подписи или вставьте её текст.',
    'Құжатты (XML) жүктеп алып, оған бөлек CMS қолтаңбасын (detached) қойыңыз да, қолтаңба файлын тіркеңіз немесе мәтінін қойыңыз.',
    'Download the document (XML), sign it with a detached CMS signature, then attach the signature file or paste its text.',
  ),
  manualFile: words(
    'Файл подписи (.cms, .p7s, .sig)',
    'Қолтаңба файлы (.cms, .p7s, .sig)',
    'Signature file (.cms, .p7s, .sig)',
  ),
  manualText: words(
    'или текст подписи (PEM, Base64)',
    'немесе қолтаңба мәтіні (PEM, Base64)',
    'or the signature as text (PEM, Base64)',
  ),
  manualButton: words('Отправить подпись', 'Қолтаңбаны жіберу', 'Send the signature'),
  refuseTitle: words('Отказать', 'Бас тарту', 'Refuse'),
  refuseReason: words(
    'Причина отказа (увидит отправитель)',
    'Бас тарту себебі (жіберуші көреді)',
    'Reason (the sender will see it)',
  ),
  refuseButton: words('Отказать в подписании', 'Қол қоюдан бас тарту', 'Refuse to sign'),
  agreeTitle: words('Согласиться', 'Келісу', 'Agree'),
  agreeButton: words('Согласиться с аннулированием', 'Күшін жоюға келісу', 'Agree to the annulment'),
  declineTitle: words('Не согласиться', 'Келіспеу', 'Do not agree'),
  declineReason: words(
    'Почему документ остаётся в силе (увидит отправитель)',
    'Құжат неліктен күшінде қалады (жіберуші көреді)',
    'Why the document stands (the sender will see it)',
  ),
  declineButton: words('Отклонить аннулирование', 'Күшін жоюды қабылдамау', 'Decline the annulment'),
  needsScript: words(
    'Чтобы подписать через NCALayer, включите JavaScript. Отказать и приложить готовую подпись можно и без него.',
    'NCALayer арқылы қол қою үшін JavaScript қосыңыз. Бас тартуға және дайын қолтаңбаны тіркеуге онсыз да болады.',
    'To sign with NCALayer switch JavaScript on. Refusing and pasting a signature work without it.',
  ),
  problems: words('Ничего не изменено', 'Ештеңе өзгертілмеді', 'Nothing was changed'),
  changedMeanwhile: words(
    'Документ тем временем изменился. Посмотрите его состояние вверху страницы.',
    'Құжат осы уақыт ішінде өзгерді. Күйін беттің жоғарғы жағынан қараңыз.',
    'The document has changed meanwhile. See its state at the top of the page.',
  ),
  noSignatureGiven: words(
    'Приложите файл подписи или вставьте её текст.',
    'Қолтаңба файлын тіркеңіз немесе мәтінін қойыңыз.',
    'Attach a signature file or paste its text.',
  ),

  missingTitle: words('Ссылка не открывается', 'Сілтеме ашылмайды', 'This link does not open'),
  missingText: words(
    'Ссылка неверна, или срок её действия истёк. Проверьте, что адрес скопирован из письма целиком, или попросите отправителя прислать документ ещё раз.',
    'Сілтеме қате немесе оның мерзімі өтіп кеткен. Мекенжай хаттан толық көшірілгенін тексеріңіз немесе жіберушіден құжатты қайта жіберуді сұраңыз.',
    'The link is wrong or has expired. Check that the address was copied from the mail completely, or ask the sender to send the document again.',
  ),
  limitedTitle: words('Слишком много попыток', 'Әрекет тым көп', 'Too many tries'),
  limitedText: words(
    'С вашего адреса открывали слишком много неверных ссылок. Подождите и откройте ссылку из письма ещё раз. Минут ждать:',
    'Сіздің мекенжайдан қате сілтемелер тым көп ашылды. Күте тұрып, хаттағы сілтемені қайта ашыңыз. Күту, минут:',
    'Too many wrong links were opened from your address. Wait, then open the link from the mail again. Minutes to wait:',
  ),
  staleTitle: words('Страница устарела', 'Бет ескірген', 'This page is out of date'),
  staleText: words(
    'Действие не выполнено. Откройте ссылку из письма заново и повторите.',
    'Әрекет орындалмады. Хаттағы сілтемені қайта ашып, әрекетті қайталаңыз.',
    'Nothing was done. Open the link from the mail again and repeat.',
  ),
  failedTitle: words('Не получилось', 'Орындалмады', 'That did not work'),
} satisfies Record<string, Words>

/** Said by the page's script. */
export const scriptWords = {
  connecting: words('Подключаемся к NCALayer…', 'NCALayer-ге қосылудамыз…', 'Connecting to NCALayer…'),
  choosing: words(
    'Выберите ключ и введите пароль в окне NCALayer. Оно могло открыться за этим окном.',
    'NCALayer терезесінде кілтті таңдап, құпия сөзді енгізіңіз. Ол осы терезенің артында ашылуы мүмкін.',
    'Choose the key and enter its password in the window of NCALayer. It may have opened behind this one.',
  ),
  packageState: pageWords.packageState,
  packageButton: pageWords.packageButton,
  signedCount: words('Подписано документов:', 'Қол қойылған құжаттар:', 'Documents signed:'),
  notSignedCount: words('Не подписано:', 'Қол қойылмаған:', 'Not signed:'),
  rowSigning: words('Проверяем подпись…', 'Қолтаңбаны тексерудеміз…', 'Checking the signature…'),
  rowSigned: words('Подписан', 'Қол қойылды', 'Signed'),
  rowNotSigned: words('Не подписан', 'Қол қойылмады', 'Not signed'),
  countDiffers: words(
    'NCALayer вернул не столько подписей, сколько документов. Ничего не отправлено.',
    'NCALayer қайтарған қолтаңба саны құжат санына тең емес. Ештеңе жіберілмеді.',
    'NCALayer returned another number of signatures than there are documents. Nothing was sent.',
  ),
  checking: words(
    'Подпись получена. Проверяем её на сервере…',
    'Қолтаңба алынды. Серверде тексерудеміз…',
    'The signature has arrived. Checking it on the server…',
  ),
  sending: words('Отправляем…', 'Жіберудеміз…', 'Sending…'),
  done: words('Готово. Обновляем страницу…', 'Дайын. Бетті жаңартудамыз…', 'Done. Refreshing the page…'),
  cancelled: words(
    'Подписание отменено. Документ не изменён.',
    'Қол қою тоқтатылды. Құжат өзгертілмеді.',
    'Signing was cancelled. The document is unchanged.',
  ),
  notRunning: words('NCALayer не отвечает.', 'NCALayer жауап бермейді.', 'NCALayer does not answer.'),
  hintStart: words(
    'Запустите NCALayer на этом компьютере (установить: ncl.pki.gov.kz) и нажмите кнопку ещё раз.',
    'Осы компьютерде NCALayer бағдарламасын іске қосыңыз (орнату: ncl.pki.gov.kz) да, батырманы қайта басыңыз.',
    'Start NCALayer on this computer (to install: ncl.pki.gov.kz) and press the button again.',
  ),
  hintTrust: words(
    'Если NCALayer запущен, установите корневые сертификаты НУЦ РК и разрешите браузеру доступ к локальной сети, когда он спросит.',
    'NCALayer іске қосылған болса, ҚР ҰКО түбір сертификаттарын орнатыңыз және браузер сұрағанда жергілікті желіге рұқсат беріңіз.',
    'If NCALayer is running, install the root certificates of НУЦ РК and let the browser reach the local network when it asks.',
  ),
  hintPhone: words(
    'NCALayer работает только на компьютере: с телефона документ можно прочитать, скачать или отклонить, а подписать — открыв эту ссылку на компьютере.',
    'NCALayer тек компьютерде жұмыс істейді: телефоннан құжатты оқуға, жүктеуге немесе бас тартуға болады, ал қол қою үшін осы сілтемені компьютерде ашыңыз.',
    'NCALayer runs on computers only: on a phone you can read, download or refuse; to sign, open this link on a computer.',
  ),
  lost: words(
    'Связь с NCALayer прервалась. Нажмите кнопку ещё раз.',
    'NCALayer-мен байланыс үзілді. Батырманы қайта басыңыз.',
    'The connection to NCALayer was lost. Press the button again.',
  ),
  ncalayerSays: words('NCALayer сообщает:', 'NCALayer хабары:', 'NCALayer says:'),
  noToken: words(
    'Подключённый носитель не найден. Ключ в файле будет запрошен окном NCALayer.',
    'Қосылған тасымалдаушы табылмады. Файлдағы кілтті NCALayer терезесі сұрайды.',
    'No token is plugged in. NCALayer will ask for a key file.',
  ),
  serverSilent: words(
    'Сервер не ответил. Обновите страницу: она покажет, принято ли ваше действие.',
    'Сервер жауап бермеді. Бетті жаңартыңыз: әрекетіңіз қабылданған-қабылданбағанын көрсетеді.',
    'The server did not answer. Refresh the page: it shows whether your action was taken.',
  ),
  fileTooLarge: words(
    'Это не файл подписи: он слишком большой.',
    'Бұл қолтаңба файлы емес: ол тым үлкен.',
    'This is not a signature file: it is too large.',
  ),
  problems: pageWords.problems,
} satisfies Record<string, Words>

export const verdictWords: Readonly<Record<Verdict, Words>> = {
  VALID: words('Подпись действительна', 'Қолтаңба жарамды', 'The signature is valid'),
  INVALID: words('Подпись недействительна', 'Қолтаңба жарамсыз', 'The signature is not valid'),
  INDETERMINATE: words(
    'Подпись ещё не подтверждена',
    'Қолтаңба әлі расталмаған',
    'The signature is not confirmed yet',
  ),
}

export const roleWords: Readonly<Record<SignerRole, Words>> = {
  person: words('Физическое лицо', 'Жеке тұлға', 'Individual'),
  head: words('Первый руководитель', 'Бірінші басшы', 'Head'),
  'signing-right': words('Право подписи', 'Қол қою құқығы', 'May sign'),
  'financial-right': words(
    'Право подписи финансовых документов',
    'Қаржы құжаттарына қол қою құқығы',
    'May sign financial documents',
  ),
  personnel: words('Отдел кадров', 'Кадр бөлімі', 'Personnel'),
  employee: words('Сотрудник', 'Қызметкер', 'Employee'),
  system: words('Информационная система', 'Ақпараттық жүйе', 'Information system'),
  treasury: words('Казначейство', 'Қазынашылық', 'Treasury'),
}
