import type { ErpDoor } from '../contract.ts'
import { commerceMl } from './format.ts'
import { mountCommerceMl, paths } from './http/routes.ts'

/** CommerceML over the HTTP dialogue that 1C speaks to sites. See README.md. */
export const door: ErpDoor = {
  name: 'commerceml',
  formats: [commerceMl],
  addresses: (origin) => [
    {
      name: 'siteUrl',
      title: {
        ru: 'Адрес сайта (обмен с сайтом)',
        kk: 'Сайт мекенжайы (сайтпен алмасу)',
        en: 'Site address (exchange with a site)',
      },
      value: `${origin}${paths[0]}`,
    },
  ],
  mount: mountCommerceMl,
}
