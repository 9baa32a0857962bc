// Archives of one bundle, sound and hostile, as bytes: what both the command and the package have to say the
// same to.
import { constants, deflateRawSync, gzipSync } from 'node:zlib';

/** Node has one since 20.15. */
function crc32(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return ~sum >>> 0;
}

const text = (words) => new TextEncoder().encode(words);
const joined = (...parts) => Buffer.concat(parts.map((part) => (typeof part === 'string' ? text(part) : part)));

/** One block of a tar's header. */
export function header(name, size, { type = '0', pax = false, magic = 'ustar\x0000', mode = '0000644' } = {}) {
  const block = Buffer.alloc(512);
  const put = (at, value) => block.set(typeof value === 'string' ? text(value) : value, at);
  put(0, typeof name === 'string' ? text(name).subarray(0, 100) : name);
  put(100, mode);
  put(124, typeof size === 'string' ? size : `${size.toString(8).padStart(11, '0')} `);
  put(148, '        ');
  put(156, pax || type);
  put(257, magic);
  put(148, `${block.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `);
  return block;
}

const padded = (bytes) => joined(bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512));
const record = (key, value) => {
  const rest = text(` ${key}=${value}\n`).length;
  let length = rest + 1;
  while (String(length).length + rest !== length) length += 1;
  return `${length} ${key}=${value}\n`;
};
const member = ([name, content, options]) => joined(header(name, content.length, options), padded(content));
const extended = (type, content) => joined(header('extended', content.length, { type }), padded(content));
const end = Buffer.alloc(1024);
export const tar = (members) => joined(...members.map(member), end);

/** A zip whose directory and members may be made to say anything. */
export function zip(members, change = {}) {
  const [locals, entries] = [[], []];
  let at = 0;
  for (const [name, content, { mode = 0o100644, stored = false, flags = 0, method, crc, size, own = name, offset } = {}] of members) {
    const data = stored ? content : deflateRawSync(content);
    const raw = typeof name === 'string' ? text(name) : name;
    const sum = crc ?? crc32(content);
    const local = Buffer.alloc(30);
    const fields = (buffer, from) => {
      buffer.writeUInt16LE(20, from);
      buffer.writeUInt16LE(flags, from + 2);
      buffer.writeUInt16LE(method ?? (stored ? 0 : 8), from + 4);
      buffer.writeUInt32LE(sum, from + 10);
      buffer.writeUInt32LE(data.length, from + 14);
      buffer.writeUInt32LE(size ?? content.length, from + 18);
      buffer.writeUInt16LE(raw.length, from + 22);
    };
    local.write('PK\x03\x04', 'latin1');
    fields(local, 4);
    const entry = Buffer.alloc(46);
    entry.write('PK\x01\x02\x14\x03', 'latin1');
    fields(entry, 6);
    entry.writeUInt32LE(mode * 65536, 38);
    entry.writeUInt32LE(offset ?? at, 42);
    const whole = joined(local, own, data, change.between ?? '');
    locals.push(whole);
    entries.push(joined(entry, raw));
    at += whole.length;
  }
  const directory = joined(...entries);
  const last = Buffer.alloc(22);
  last.write('PK\x05\x06', 'latin1');
  const count = change.count ?? members.length;
  last.writeUInt16LE(count, 8);
  last.writeUInt16LE(count, 10);
  last.writeUInt32LE(directory.length, 12);
  last.writeUInt32LE(at, 16);
  return joined(...locals, directory, last);
}

/** Zeros that no build packs so small: sound up to the place where they are too many. */
function bomb() {
  const piece = (plain) => deflateRawSync(plain, { finishFlush: constants.Z_FULL_FLUSH });
  const zeros = piece(Buffer.alloc(16 << 20));
  return joined(Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]), piece(header('artifacts/hello', 2 ** 31)), ...Array(128).fill(zeros));
}

/** All of them, by name. `sound` has the members of a bundle with one artifact. */
export function archives(sound) {
  const [provenance, evidence, artifact] = sound;
  const below = sound.map(([name, content]) => [`b/${name}`, content]);
  const packings = { tar, 'tar.gz': (members) => gzipSync(tar(members)), zip };
  const found = {};
  const all = (name, members) => {
    for (const [ending, pack] of Object.entries(packings)) found[`${name}.${ending}`] = pack(members);
  };
  all('plain', sound);
  all('reversed', [...sound].reverse());
  all('dotted', sound.map(([name, content]) => [`./${name}`, content]));
  all('below', below);
  all('beside', [provenance, evidence, ['hello', artifact[1]], ['other', text('x')]]);
  all('twice', [...sound, ['hello', text('another')]]);
  all('policies', [...sound, ['policy.json', text('{"schema":"kettle-policy/v1"}')], ['roots.json', text('{"schema":"kettle-trust-root/v1"}')]]);
  const names = ['../x', 'artifacts/../../x', '/etc/passwd', 'artifacts\\x', 'C:/x', 'artifacts//x', 'a/./x', `${'d/'.repeat(17)}x`];
  names.forEach((name, index) => all(`name-${index}`, [...sound, [name, text('x')]]));
  all('no-utf8', [...sound, [Buffer.from([0x61, 0xff, 0xfe]), text('x'), { own: Buffer.from([0x61, 0xff, 0xfe]) }]]);
  all('duplicate', [...sound, ['artifacts/hello', text('another')]]);
  all('dotted-duplicate', [...sound, ['./provenance.json', provenance[1]]]);
  all('case', [...sound, ['artifacts/HELLO', text('x')]]);
  all('accents', [...sound, ['artifacts/\u{e9}', text('x')], ['artifacts/e\u{301}', text('x')]]);
  all('one-document', [provenance]);
  all('the-other', [evidence]);
  all('two-tops', [['a/provenance.json', provenance[1]], ['b/evidence.json', evidence[1]]]);
  all('nothing', [['README', text('x')]]);
  all('large-document', [provenance, artifact, ['evidence.json', Buffer.alloc(11 << 20, ' ')]]);
  for (const type of '123467ZS') found[`type-${type}.tar`] = tar([...sound, ['artifacts/x', Buffer.alloc(0), { type }]]);
  for (const mode of [0o120777, 0o010644, 0o020644, 0o060644, 0o140644]) {
    found[`mode-${mode.toString(8)}.zip`] = zip([...sound, ['artifacts/x', text('x'), { mode }]]);
  }
  tars(found, sound);
  zips(found, sound);
  const whole = { tar: tar(sound), zip: zip(sound), 'tar.gz': gzipSync(tar(sound)) };
  for (const [ending, bytes] of Object.entries(whole)) {
    for (let part = 1; part < 8; part += 1) {
      found[`cut-${part}.${ending}`] = bytes.subarray(0, Math.floor((bytes.length * part) / 8));
    }
  }
  for (let at = 40; at < whole['tar.gz'].length; at += 397) {
    const damaged = Buffer.from(whole['tar.gz']);
    damaged[at] ^= 0x10;
    found[`damaged-${at}.tar.gz`] = damaged;
  }
  found['bomb.tar.gz'] = bomb();
  return found;
}

function tars(found, sound) {
  const long = `artifacts/${'x'.repeat(120)}`;
  const members = joined(...sound.map(member));
  found['behind.tar'] = joined(tar(sound), tar([['artifacts/hidden', text('x')]]));
  found['behind.tar.gz'] = gzipSync(found['behind.tar']);
  found['zeros.tar'] = joined(tar(sound), Buffer.alloc(10240));
  found['junk.tar.gz'] = joined(gzipSync(tar(sound)), 'junk');
  found['two.tar.gz'] = joined(gzipSync(tar(sound)), gzipSync(tar(sound)));
  found['global.tar'] = joined(extended('g', text(record('comment', '0123456'))), members, end);
  found['global-path.tar'] = joined(extended('g', text(record('path', 'artifacts/x'))), members, end);
  found['pax.tar'] = joined(members, extended('x', text(record('path', long) + record('mtime', '1.5'))), member(['short', text('x')]), end);
  found['pax-twice.tar'] = joined(members, extended('x', text(record('path', long) + record('path', 'y'))), member(['short', text('x')]), end);
  found['pax-sparse.tar'] = joined(members, extended('x', text(record('GNU.sparse.major', '1'))), member(['artifacts/x', text('x')]), end);
  found['pax-garbled.tar'] = joined(members, extended('x', text('99 path=x\n')), member(['artifacts/x', text('x')]), end);
  found['pax-size.tar'] = joined(members, extended('x', text(record('size', '1'))), header('artifacts/x', 0), padded(text('x')), end);
  found['long.tar'] = joined(members, extended('L', text(`${long}\0`)), member(['short', text('x')]), end);
  found['long-and-pax.tar'] = joined(members, extended('L', text(long)), extended('x', text(record('path', 'y'))), member(['short', text('x')]), end);
  found['long-alone.tar'] = joined(members, extended('L', text(long)), end);
  found['long-large.tar'] = joined(members, extended('L', Buffer.alloc(1 << 20, 'x')), member(['short', text('x')]), end);
  found['folder.tar'] = joined(member(['./', Buffer.alloc(0), { type: '5' }]), member(['artifacts/', Buffer.alloc(0), { type: '5' }]), members, end);
  found['full-folder.tar'] = joined(member(['artifacts/', text('x'), { type: '5' }]), members, end);
  found['checksum.tar'] = joined(members, header('artifacts/x', 0).fill('y', 0, 1), end);
  found['size.tar'] = joined(members, header('artifacts/x', '9z'), end);
  found['huge.tar'] = joined(members, header('artifacts/x', '77777777777 '), end);
}

function zips(found, sound) {
  const [provenance, evidence, artifact] = sound;
  found['stored.zip'] = zip(sound.map(([name, content]) => [name, content, { stored: true }]));
  found['encrypted.zip'] = zip([provenance, evidence, [...artifact, { flags: 1 }]]);
  found['method.zip'] = zip([provenance, evidence, [...artifact, { method: 12 }]]);
  found['other-name.zip'] = zip([provenance, evidence, [...artifact, { own: 'artifacts/hellO' }]]);
  found['crc.zip'] = zip([provenance, evidence, [...artifact, { crc: 1 }]]);
  found['longer.zip'] = zip([provenance, evidence, [...artifact, { size: artifact[1].length + 1 }]]);
  found['shorter.zip'] = zip([provenance, evidence, [...artifact, { size: artifact[1].length - 1 }]]);
  found['shared.zip'] = zip([provenance, evidence, [...artifact, { own: 'artifacts/hello' }], ['artifacts/hello2', text('x'), { offset: 0 }]]);
  found['same-data.zip'] = zip([provenance, evidence, artifact, ['provenance.json/', Buffer.alloc(0)], ['x', provenance[1], { offset: 0, own: 'provenance.json' }]]);
  found['between.zip'] = zip(sound, { between: 'x' });
  found['count.zip'] = zip(sound, { count: 2 });
  found['behind.zip'] = joined(zip(sound), 'x');
  found['before.zip'] = joined('x', zip(sound));
  found['two.zip'] = joined(zip(sound), zip(sound));
  found['empty.zip'] = zip([]);
}
