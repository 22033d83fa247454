import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { asking, OperatorClient, type Target } from './operator-client.ts'
import { show } from './output.ts'
import { secretFrom } from './secret.ts'

type Options = Target & { json: boolean }

/** Companies, their accesses and keys. */
export const addCompany = (program: Command): void => {
  const company = program.command('company').description('организации · companies')

  asking(
    company.command('add <taxId> <name>').description('зарегистрировать организацию · register a company'),
  ).action(async (taxId: string, name: string, options: Options) => {
    show(await new OperatorClient(options).ask('POST', '/companies', { taxId, name }), options)
  })

  asking(company.command('grant <taxId>').description('предоставить доступ · grant access'))
    .option('--months <months>', 'на сколько месяцев · for how many months', '12')
    .action(async (taxId: string, options: Options & { months: string }) => {
      const client = new OperatorClient(options)
      show(
        await client.ask('POST', `/companies/${taxId}/access`, { months: Number(options.months) }),
        options,
      )
    })

  asking(
    company.command('key <taxId> <file>').description('загрузить ключ подписи PKCS#12 · load a signing key'),
  )
    .option('--password-file <file>', 'файл с паролем; без него пароль спрашивается · file with the password')
    .action(async (taxId: string, file: string, options: Options & { passwordFile?: string }) => {
      const password = await secretFrom(options.passwordFile, 'Пароль ключа: ')
      await new OperatorClient(options).ask('PUT', `/companies/${taxId}/key`, {
        file: readFileSync(file).toString('base64'),
        password,
      })
      show({ taxId, key: 'loaded' }, options)
    })

  asking(
    company
      .command('remove-key <taxId>')
      .description('удалить ключ: подписи им прекращаются сразу · remove the key, it signs no more at once'),
  ).action(async (taxId: string, options: Options) => {
    await new OperatorClient(options).ask('DELETE', `/companies/${taxId}/key`)
    show({ taxId, key: 'removed' }, options)
  })

  asking(
    company
      .command('key-uses <taxId>')
      .description('что подписано ключом организации в шлюзе · what the kept key has signed'),
  ).action(async (taxId: string, options: Options) =>
    show(await new OperatorClient(options).ask('GET', `/companies/${taxId}/key-uses`), options),
  )

  asking(
    company
      .command('portal-login <taxId> <userIin>')
      .description('вход на портал ИС ЭСФ: ИИН владельца ключа · login at the state portal'),
  )
    .option('--password-file <file>', 'файл с паролем кабинета · file with the cabinet’s password')
    .action(async (taxId: string, userIin: string, options: Options & { passwordFile?: string }) => {
      const password = await secretFrom(options.passwordFile, 'Пароль кабинета ИС ЭСФ: ')
      await new OperatorClient(options).ask('PUT', `/companies/${taxId}/portal-login`, { userIin, password })
      show({ taxId, portalLogin: 'kept' }, options)
    })
}
