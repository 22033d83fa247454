/** A sentence for a person, in the three languages every message of the gateway is spoken in. */
export interface Words {
  ru: string
  kk: string
  en: string
}

export type Language = keyof Words

export const languages: readonly Language[] = ['ru', 'kk', 'en']
