import { rotateSecretKey } from '../config/secret-key.ts'
import { systemRandom } from '../ops/system-random.ts'
import type { AddCommand } from './command.ts'
import { line } from './io.ts'
import { readConfig } from './settings.ts'

const HELP = `
Makes a new DATA_DIR/secret.key and keeps the one before as secret.key.previous. The next start encrypts the tokens of bots anew under
the new key and says when the one before may go. Everybody is logged out then, and open linking codes are void.

Example:
  $ postrider rotate-key && systemctl restart postrider`

export const addRotateKey: AddCommand = ({ program, io }) => {
  program
    .command('rotate-key')
    .description('change the generated secret key')
    .addHelpText('after', HELP)
    .action(() => {
      const config = readConfig(io)
      rotateSecretKey(config, systemRandom)
      line(
        io.stdout,
        `There is a new secret key in ${config.dataDir}, and the one before beside it. Restart Postrider now: until then it works with the old one.`,
      )
    })
}
