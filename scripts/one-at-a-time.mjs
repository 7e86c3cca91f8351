// What two commands in the same checkout must not do at the same time, such as installing. Plain JavaScript: it is used before anything
// is installed, by whatever Node the host has.
import { createHash } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Between two looks whether the other has ended. */
const LOOK_EVERY_MS = 100

/**
 * Does the work when no other process that still lives does the same for this folder.
 *
 * @template T
 * @param {string} folder whose work it is
 * @param {string} what a word for the work
 * @param {() => T | Promise<T>} work looks first whether the other has done it
 * @param {() => void} onWait called once when another has to be waited for
 * @returns {Promise<T>}
 */
export async function oneAtATime(folder, what, work, onWait = () => undefined) {
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 16)
  const lock = join(tmpdir(), `postrider-${what}-${name}.lock`)
  for (let isFirst = true; !taken(lock); isFirst = false) {
    if (isFirst) onWait()
    await sleep(LOOK_EVERY_MS)
  }
  const giveBack = () => rmSync(lock, { force: true })
  process.once('exit', giveBack)
  try {
    return await work()
  } finally {
    process.removeListener('exit', giveBack)
    giveBack()
  }
}

/** True when it is ours now. */
function taken(lock) {
  const own = `${lock}-${process.pid}`
  try {
    // Linked and not written in place, so that it is never there without its holder's name.
    writeFileSync(own, String(process.pid))
    linkSync(own, lock)
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  } finally {
    rmSync(own, { force: true })
  }
  if (!isAlive(holderOf(lock))) removeDead(lock)
  return false
}

/** Moved away first: of two that see a dead one's, only one may remove it, and not what the other has put there since. */
function removeDead(lock) {
  const away = `${lock}-dead-${process.pid}`
  try {
    renameSync(lock, away)
    if (isAlive(holderOf(away))) renameSync(away, lock)
    else rmSync(away, { force: true })
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
}

/** Undefined when it is gone by now. */
function holderOf(lock) {
  try {
    return Number(readFileSync(lock, 'utf8'))
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

function isAlive(pid) {
  if (pid === undefined) return true
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}
