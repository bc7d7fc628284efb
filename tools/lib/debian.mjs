// Packages of Debian, for tests that need a program which this machine lacks.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { runWithProgress } from './run.mjs';
import { which } from './which.mjs';

/** Installs packages on a Debian where we may; else, and where it fails, returns false. */
export async function installDebianPackages(names, title) {
  const asRoot = debianAsRoot();
  if (!asRoot) return false;
  try {
    const apt = [...asRoot, 'apt-get', '-q', '-y'];
    await runWithProgress('Looking up Debian’s packages', [...apt, 'update']);
    await runWithProgress(title, [...apt, 'install', '--no-install-recommends', ...names]);
    return true;
  } catch (error) {
    console.log(`Debian’s ${names.join(', ')} cannot be installed: ${error.message}`);
    return false;
  }
}

/** How a command is run as root on a Debian, without a question asked; undefined elsewhere. */
function debianAsRoot() {
  if (!which('apt-get') || !existsSync('/etc/os-release')) return undefined;
  // Ubuntu's Chromium is an empty package that asks for a snap.
  if (!/^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'))) return undefined;
  if (process.getuid?.() === 0) return ['env', 'DEBIAN_FRONTEND=noninteractive'];
  try {
    execFileSync('sudo', ['-n', 'true'], { stdio: 'ignore' });
    return ['sudo', '-n', 'env', 'DEBIAN_FRONTEND=noninteractive'];
  } catch {
    return undefined;
  }
}
