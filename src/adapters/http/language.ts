import { languages } from '../../core/kernel/index.ts'
import type { Language } from '../../core/kernel/index.ts'

const known = (tag: string): Language | undefined => languages.find((l) => l === tag.slice(0, 2))

/** The language of an answer: what `Accept-Language` likes best of ours, Russian otherwise (1C sends no header). */
export const languageOf = (header: string | undefined): Language => {
  if (header === undefined || header.length > 200) return 'ru'
  let best: { language: Language; weight: number } | undefined
  for (const part of header.toLowerCase().split(',')) {
    const [tag = '', weightText = ''] = part.trim().split(';')
    const language = known(tag.trim())
    const weight = weightText.trim().startsWith('q=') ? Number(weightText.trim().slice(2)) : 1
    if (language !== undefined && weight > (best?.weight ?? 0)) best = { language, weight }
  }
  return best?.language ?? 'ru'
}
