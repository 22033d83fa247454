import { sameWords, type ConnectionCheck } from '../../../core/company/index.ts'
import type { DoorSubject, DoorWork } from '../contract.ts'
import { callBase } from './call.ts'
import { doorName, settingsOf } from './settings.ts'

const title = { ru: 'HTTP-сервис базы', kk: 'База HTTP-сервисі', en: 'HTTP service of the base' }

/** Calls the base's `/ping` as a change would be brought. */
export const examinePush = async (subject: DoorSubject, work: DoorWork): Promise<ConnectionCheck[]> => {
  const settings = settingsOf(subject.profile.settings?.[doorName])
  if (settings === undefined) return []
  const called = await callBase(work, subject, settings, 'ping', {})
  if (called.word === 'taken') return [{ id: 'push', title, outcome: 'ok', found: sameWords(settings.url) }]
  return [
    {
      id: 'push',
      title,
      outcome: 'bad',
      found: sameWords(called.word === 'failed' ? called.why : called.word),
      cause:
        called.word === 'no-key'
          ? {
              ru: 'Ключ подписи вызовов не задан.',
              kk: 'Шақыруларға қол қою кілті берілмеген.',
              en: 'The key that signs the calls is missing.',
            }
          : {
              ru: 'База не принимает вызов.',
              kk: 'База шақыруды қабылдамайды.',
              en: 'The base does not take the call.',
            },
      remedy:
        called.word === 'no-key'
          ? {
              ru: 'Задайте его: daneker connection base C --for push, и тот же ключ в 1С.',
              kk: 'Оны беріңіз: daneker connection base C --for push, 1С-те де сол кілтті.',
              en: 'Give it: daneker connection base C --for push, and the same key in 1C.',
            }
          : {
              ru: 'Проверьте публикацию HTTP-сервиса, ключ подписи в 1С и часы; частная сеть — в bases.allowedRanges.',
              kk: 'HTTP-сервис жариялануын, 1С-тегі қолтаңба кілтін және сағатты тексеріңіз; жеке желі — bases.allowedRanges ішінде.',
              en: 'Check the publication of the HTTP service, the key in 1C and the clock; private networks go into bases.allowedRanges.',
            },
    },
  ]
}
