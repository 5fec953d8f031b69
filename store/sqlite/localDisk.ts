import { readFileSync, realpathSync, statfsSync } from 'node:fs';

export interface FileSystemReader {
  realPath: (path: string) => string;
  /** Linux's mount table; throws where there is none. */
  mounts: () => string;
  /** The file system's magic number. */
  magic: (path: string) => number;
}

const systemReader: FileSystemReader = {
  realPath: (path) => realpathSync(path),
  mounts: () => readFileSync('/proc/self/mountinfo', 'utf8'),
  magic: (path) => statfsSync(path).type,
};

/** File systems that other machines may write to, or that only look like a disk, as Linux names them. */
const networkTypes: ReadonlySet<string> = new Set([
  ...['nfs', 'nfs4', 'cifs', 'smb3', 'smbfs', 'ncpfs', '9p', 'afs', 'coda', 'ceph', 'lustre', 'gpfs', 'ocfs2', 'gfs2'],
  ...['davfs', 'fuse.sshfs', 'fuse.glusterfs', 'fuse.s3fs', 'fuse.rclone', 'fuse.gcsfuse', 'fuse.blobfuse'],
  ...['fuse.blobfuse2', 'fuse.goofys', 'fuse.juicefs', 'fuse.davfs2', 'fuse.ceph', 'fuse.grpcfuse'],
]);

const networkMagic: ReadonlyMap<number, string> = new Map([
  [0x6969, 'nfs'],
  [0x517b, 'smb'],
  [0xff534d42, 'cifs'],
  [0xfe534d42, 'smb'],
  [0x01021997, '9p'],
  [0x00c36400, 'ceph'],
  [0x5346414f, 'afs'],
  [0x73757245, 'coda'],
  [0x0bd00bd0, 'lustre'],
  [0x7461636f, 'ocfs2'],
]);

/**
 * The network file system that this folder is on, or undefined for a local disk.
 *
 * SQLite's locks and its shared memory do not hold across machines, and many network file systems lie about having written.
 *
 * Source: https://www.sqlite.org/wal.html and https://www.sqlite.org/lockingv3.html#how_to_corrupt
 */
export function networkFileSystemOf(folder: string, reader: FileSystemReader = systemReader): string | undefined {
  const place = reader.realPath(folder);
  if (place.startsWith('\\\\')) return 'a Windows share';
  let mounts: string;
  try {
    mounts = reader.mounts();
  } catch {
    return networkMagic.get(reader.magic(place) >>> 0);
  }
  const type = mountedTypeOf(place, mounts);
  return type !== undefined && networkTypes.has(type) ? type : undefined;
}

/**
 * Whether the file itself is a mount point, as in some containers. SQLite's files beside it, and the owner's lock, are then in a different place
 * inside and outside.
 */
export function isMountPoint(path: string, reader: FileSystemReader = systemReader): boolean {
  try {
    return mountsIn(reader.mounts()).some(({ point }) => point === path);
  } catch {
    return false;
  }
}

/** The type of the mount that holds the path: the longest mount point, and the last of several at the same point. */
function mountedTypeOf(path: string, mounts: string): string | undefined {
  let longest = '';
  let type: string | undefined;
  for (const mount of mountsIn(mounts)) {
    const { point } = mount;
    const holds = path === point || path.startsWith(point.endsWith('/') ? point : `${point}/`);
    if (holds && point.length >= longest.length) {
      longest = point;
      type = mount.type;
    }
  }
  return type;
}

function mountsIn(table: string): { point: string; type: string | undefined }[] {
  return table.split('\n').flatMap((line) => {
    const [left, right] = line.split(' - ');
    const point = left
      ?.split(' ')[4]
      ?.replaceAll(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
    return point === undefined || right === undefined ? [] : [{ point, type: right.split(' ')[0] }];
  });
}
