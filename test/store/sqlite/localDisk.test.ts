import { expect } from 'chai';
import { networkFileSystemOf } from '../../../store/sqlite/localDisk.ts';

const mounts = [
  '21 1 8:1 / / rw - ext4 /dev/vda rw',
  '22 21 0:30 / /home rw - cifs //share/home rw',
  '23 22 8:2 / /home/local\\040disk rw - xfs /dev/vdb rw',
  '24 21 0:31 / /mnt/s rw - fuse.sshfs me@there rw',
].join('\n');

const typeOf = (path: string) =>
  networkFileSystemOf(path, { realPath: (place) => place, mounts: () => mounts, magic: () => 0 });

describe('the look for network file systems', () => {
  it('takes the innermost mount', () => {
    expect(typeOf('/var/data')).to.equal(undefined);
    expect(typeOf('/home/site')).to.equal('cifs');
    expect(typeOf('/home')).to.equal('cifs');
    expect(typeOf('/homework')).to.equal(undefined);
    expect(typeOf('/home/local disk/bot')).to.equal(undefined);
    expect(typeOf('/mnt/s/x')).to.equal('fuse.sshfs');
  });

  it('asks the system itself where there is no table of mounts', () => {
    const reader = (magic: number) => ({
      realPath: (place: string) => place,
      mounts: (): string => {
        throw new Error('ENOENT');
      },
      magic: () => magic,
    });
    expect(networkFileSystemOf('/x', reader(0x6969))).to.equal('nfs');
    expect(networkFileSystemOf('/x', reader(-11317950))).to.equal('cifs');
    expect(networkFileSystemOf('/x', reader(0xef53))).to.equal(undefined);
  });

  it('finds the disk of this test to be one', () => {
    expect(networkFileSystemOf(import.meta.dirname)).to.equal(undefined);
  });
});
