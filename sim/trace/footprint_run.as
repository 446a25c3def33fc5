/**
 * What a footprint does with accesses, in AssemblyScript, a TypeScript that
 * compiles to WebAssembly: `deno task wasm` makes `footprint_run_wasm.ts` of it.
 *
 * Accesses mark the bytes that they touch, in masks by line, by who touches
 * them and by stage; distinct bytes and lines are counted once a group has
 * ended. The lines of a group are in slots of their own: memory in proportion
 * to a group and not to the arena, and what an access asks for in one or two
 * lines of this machine's cache. The slots are at the end of the memory, so that
 * it can grow for more of them.
 */

// As in footprint_run.ts, access_batch.ts and region_index.ts.
const SUMS: i32 = 5;
const STRADDLES: i32 = 2;
const BYTES: i32 = 3;
const LINES: i32 = 4;
const STAGE_MASK: i32 = 0x3f;
const ALLOCATOR_FLAG: i32 = 0x80;
/** Bytes of a line whose structure is kept, and its logarithm. */
const OWNED_BYTES: i32 = 64;
const OWNED_SHIFT: i32 = 6;
/** From here on: a line that several structures share, by the order found. */
const SHARED: i32 = 0x100;
/** A record of a shared line: structures of its bytes, then who owns which. */
const RECORD_BYTES: i32 = 320;
/** A structure and the mask of its bytes; the list ends at no bytes. */
const OWNER_BYTES: i32 = 16;

/** Who touches a byte: its own structure, zeroing, the slab allocator. */
const OWN: i32 = 0;
const ZEROING: i32 = 1;
const ALLOCATOR: i32 = 2;
const TOUCHERS: i32 = 3;

/** Bytes that a mask covers, one per bit, and its logarithm. */
const MASK_BYTES: i32 = 64;
const MASK_SHIFT: i32 = 6;
const MASK_END: i32 = MASK_BYTES - 1;
/**
 * Where the words of a slot are; two more slots, if there are any, are of who
 * else touched the line. Behind them come, by stage, reads and writes in 4 bytes
 * each and the masks of each part of 64 bytes: what an access asks for is in one
 * line of this machine's cache.
 */
const LINE_AT: i32 = 0;
const STRUCTURE_AT: i32 = 4;
const ZEROING_AT: i32 = 8;
const ALLOCATOR_AT: i32 = 12;
const TOUCHED_AT: i32 = 16;
/** Behind the counts of a stage. */
const MASKS_AT: i32 = 8;
/** The line of a slot that another one leads to. */
const NO_LINE: i32 = -1;
/** A line of several structures, and the bit that its slot's address has. */
const MIXED: i32 = -1;
const MIXED_BIT: i32 = 1;
/** What is in place of a slot's address: a known structure, times 4. */
const KNOWN_BIT: i32 = 2;
const NO_SLOT_BITS: i32 = MIXED_BIT | KNOWN_BIT;

const PAGE_SHIFT: i32 = 16;

/** What is counted, and where; `STATE_WORDS` of footprint_run.ts lists the same. */
@unmanaged
class State {
  /** Bytes of a line, as a logarithm. */
  shift: i32;
  stages: i32;
  /** Structures; the last two are zeroing and the slab allocator. */
  structures: i32;
  /** Lines that `slotOfLine` has a place for. */
  lines: i32;
  /**
   * By line: where its slot is, `MIXED_BIT` added; if it has none, its structure
   * with `KNOWN_BIT`, or 0.
   */
  slotOfLine: i32;
  /** Lines of 64 bytes that `owners` covers. */
  ownedLines: i32;
  /**
   * By line of 64 bytes, plus 1: its structure, or which of the shared lines it
   * is; 0 where nobody has asked.
   */
  owners: i32;
  /** Records of shared lines. */
  shared: i32;
  /** Sums by structure and stage, 8 bytes each. */
  values: i32;
  /** Bytes of the sums of a structure. */
  rowBytes: i32;
  /** All bytes of a line, as masks: what is owned where one owns all. */
  whole: i32;
  /** Structures that were seen in a line, and masks of one of them. */
  scratch: i32;
  /** The slots, and the end of the last one. */
  slots: i32;
  end: i32;
  slotBytes: i32;
  /** Counts and masks of a slot, in bytes. */
  touchBytes: i32;
  /** Counts and masks of a stage, in bytes. */
  stageBytes: i32;
}

/** Looks up a line of 64 bytes, for the tables, and answers as `ownerOf()`. */
@external("env", "findOwner")
declare function findOwner(line: i32): i32;

@inline
function bump(at: i32, amount: i64): void {
  store<i64>(at, load<i64>(at) + amount);
}

/** The structure of a line of 64 bytes, or which shared line it is. */
@inline
function ownerOf(state: State, line: i32): i32 {
  // Behind the last region there is no structure.
  if (u32(line) >= u32(state.ownedLines)) return 0;
  const known = i32(load<u16>(state.owners + (line << 1)));
  return known != 0 ? known - 1 : findOwner(line);
}

/** The structure of a byte. */
@inline
function structureAt(state: State, at: i32): i32 {
  const owner = ownerOf(state, at >>> OWNED_SHIFT);
  return owner < SHARED ? owner : i32(load<u8>(
    state.shared + (owner - SHARED) * RECORD_BYTES + (at & (OWNED_BYTES - 1)),
  ));
}

/** The structure of a whole line; `MIXED` if there are several. */
function structureOfLine(state: State, line: i32): i32 {
  const shift = state.shift;
  const first = shift <= OWNED_SHIFT
    ? line >>> (OWNED_SHIFT - shift)
    : line << (shift - OWNED_SHIFT);
  const owner = ownerOf(state, first);
  if (owner >= SHARED) return MIXED;
  const count = shift <= OWNED_SHIFT ? 1 : 1 << (shift - OWNED_SHIFT);
  for (let i = 1; i < count; i++) {
    if (ownerOf(state, first + i) != owner) return MIXED;
  }
  return owner;
}

/** The slot of a line, or one that is untouched; with `MIXED_BIT`. */
@inline
function slotOf(state: State, line: i32): i32 {
  if (u32(line) >= u32(state.lines)) return findSlot(state, line);
  const slot = load<i32>(state.slotOfLine + (line << 2));
  const isKnown = (slot & KNOWN_BIT) != 0;
  if (slot != 0 && !isKnown) return slot;
  const taken = takeSlot(
    state,
    line,
    isKnown ? slot >>> 2 : structureOfLine(state, line),
  );
  store<i32>(state.slotOfLine + (line << 2), taken);
  return taken;
}

/** The same after the last region, where nothing says what a line's slot is. */
function findSlot(state: State, line: i32): i32 {
  for (let slot = state.slots; slot < state.end; slot += state.slotBytes) {
    if (load<i32>(slot, LINE_AT) == line) return slot;
  }
  return takeSlot(state, line, structureOfLine(state, line));
}

function takeSlot(state: State, line: i32, structure: i32): i32 {
  const slot = takeWords(state);
  store<i32>(slot, line, LINE_AT);
  store<i32>(slot, structure, STRUCTURE_AT);
  return structure == MIXED ? slot | MIXED_BIT : slot;
}

function takeWords(state: State): i32 {
  const slot = state.end;
  const end = slot + state.slotBytes;
  if (u32(end) > u32(memory.size()) << PAGE_SHIFT) {
    // As many slots again.
    const more = ((end - state.slots) >>> PAGE_SHIFT) + 1;
    if (memory.grow(more) < 0) unreachable();
  }
  state.end = end;
  return slot;
}

/** The slot of others that touch a line, by where the line's slot has it. */
function otherSlot(state: State, at: i32): i32 {
  const known = load<i32>(at);
  if (known != 0) return known;
  const slot = takeWords(state);
  store<i32>(slot, NO_LINE, LINE_AT);
  store<i32>(at, slot);
  return slot;
}

/** Touches bytes of a line; `own` is its entry for who touches, and stage. */
@inline
function touch(state: State, own: i32, at: i32, sizeBytes: i32): void {
  const inLine = at & ((1 << state.shift) - 1);
  const first = inLine & MASK_END;
  const masks = own + MASKS_AT;
  if (first + sizeBytes <= MASK_BYTES && sizeBytes < MASK_BYTES) {
    const part = masks + (inLine >>> MASK_SHIFT << 3);
    const bytes: i64 = (i64(1) << i64(sizeBytes)) - 1;
    store<i64>(part, load<i64>(part) | bytes << i64(first));
    return;
  }
  // Reaches into the next parts.
  for (let byte = inLine; byte < inLine + sizeBytes; byte++) {
    const part = masks + (byte >>> MASK_SHIFT << 3);
    const bit = i64(1) << i64(byte & MASK_END);
    store<i64>(part, load<i64>(part) | bit);
  }
}

/** Takes an access, all but whose it is. */
@inline
function takeTouch(
  state: State, line: i32, at: i32, sizeBytes: i32, who: i32, stage: i32,
): i32 {
  const slot = slotOf(state, line);
  const words = slot & ~MIXED_BIT;
  const others = words + (who == ZEROING ? ZEROING_AT : ALLOCATOR_AT);
  const whose = who == OWN ? words : otherSlot(state, others);
  const own = whose + TOUCHED_AT + stage * state.stageBytes;
  touch(state, own, at, sizeBytes);
  return (slot & MIXED_BIT) != 0 && who == OWN ? 0 : own;
}

/**
 * Takes accesses, all of the present group.
 *
 * @param state What is counted.
 * @param lo Column of addresses.
 * @param meta Column of sizes and kinds.
 * @param stages Column of stages, a byte each, with who touches.
 * @param count How many.
 */
export function take(
  state: State, lo: i32, meta: i32, stages: i32, count: i32,
): void {
  // V8 reads a field again after each store: what does not change is local.
  const shift = state.shift;
  const lines = state.lines;
  const slotOfLine = state.slotOfLine;
  const stageBytes = state.stageBytes;
  // What one mask covers: a part of a line, or a line that is shorter.
  const unitShift = min(shift, MASK_SHIFT);
  const unitBytes = 1 << unitShift;
  const parts = (1 << (shift - unitShift)) - 1;
  // Half of the accesses are to the bytes of those before, in the same stage:
  // their counts and their mask are not in memory meanwhile. There is room for
  // an access once they are known.
  let kept: i64 = -1;
  let room: i32 = -1;
  let own: i32 = 0;
  let maskAt: i32 = 0;
  let counts: i64 = 0;
  let mask: i64 = 0;
  for (let i: i32 = 0; i < count; i++) {
    const at = load<i32>(lo + (i << 2));
    const word = load<i32>(meta + (i << 2));
    const found = i32(load<u8>(stages + i));
    const unit = at >>> unitShift;
    const key = i64(u32(unit)) << 8 | i64(found);
    if (key != kept) {
      if (room >= 0) {
        store<i64>(own, counts);
        store<i64>(maskAt, mask);
        room = -1;
      }
      kept = key;
      const line = at >>> shift;
      const stage = found & STAGE_MASK;
      if (u32(line) < u32(lines)) {
        let slot = load<i32>(slotOfLine + (line << 2));
        if (found != stage && (slot & KNOWN_BIT) == 0) {
          const words = slot & ~MIXED_BIT;
          // Nothing is at the start of the memory.
          slot = found >= ALLOCATOR_FLAG
            ? load<i32>(words, ALLOCATOR_AT)
            : load<i32>(words, ZEROING_AT);
        }
        if (slot != 0) {
          if ((slot & NO_SLOT_BITS) == 0) {
            own = slot + TOUCHED_AT + stage * stageBytes;
            maskAt = own + MASKS_AT + ((unit & parts) << 3);
            counts = load<i64>(own);
            mask = load<i64>(maskAt);
            room = unitBytes;
          }
        }
      }
    }
    const sizeBytes = word >>> 2;
    const first = at & (unitBytes - 1);
    if (first + sizeBytes <= room) {
      const writes = i64(word & 1);
      counts += (writes << 32) - writes + 1;
      mask |= (i64(-1) >>> i64(MASK_BYTES - sizeBytes)) << i64(first);
      continue;
    }
    if (room >= 0) {
      store<i64>(own, counts);
      store<i64>(maskAt, mask);
      room = -1;
    }
    kept = -1;
    takeAny(state, at, word, found);
  }
  if (room >= 0) {
    store<i64>(own, counts);
    store<i64>(maskAt, mask);
  }
}

/** Takes any access. */
function takeAny(state: State, at: i32, word: i32, found: i32): void {
  const shift = state.shift;
  const sizeBytes = word >>> 2;
  const stage = found & STAGE_MASK;
  // The link in a free object is the allocator's, and so is its zeroing; the
  // same bytes still count for their own structure when that uses them.
  const who = found >= ALLOCATOR_FLAG ? ALLOCATOR : found >>> 6;
  const line = at >>> shift;
  const last = (at + sizeBytes - 1) >>> shift;
  const border = last << shift;
  const isWhole = line == last;
  const bytes = isWhole ? sizeBytes : border - at;
  const own = takeTouch(state, line, at, bytes, who, stage);
  // Reads and writes are beside each other.
  if (own != 0) {
    const sum = own + ((word & 1) << 2);
    store<i32>(sum, load<i32>(sum) + 1);
  } else {
    const sums = sumsOf(state, structureAt(state, at), stage);
    bump(sums + ((word & 1) << 3), 1);
  }
  if (isWhole) return;
  const rows = state.structures - TOUCHERS;
  const structure = who != OWN ? rows + who : structureAt(state, at);
  bump(sumsOf(state, structure, stage) + (STRADDLES << 3), 1);
  takeTouch(state, last, border, at + sizeBytes - border, who, stage);
}

/** Where the sums of a structure in a stage are. */
@inline
function sumsOf(state: State, structure: i32, stage: i32): i32 {
  return state.values + structure * state.rowBytes + stage * (SUMS << 3);
}

/** Adds the reads and writes of one that touches a line to a row. */
function addCounts(state: State, at: i32, row: i32): void {
  for (let stage: i32 = 0; stage < state.stages; stage++) {
    const counts = at + stage * state.stageBytes;
    if (load<i64>(counts) == 0) continue;
    const own = sumsOf(state, row, stage);
    bump(own, i64(load<u32>(counts)));
    bump(own + 8, i64(load<u32>(counts, 4)));
  }
}

/**
 * Adds the bytes that one has touched of a line, as far as they are owned, and
 * the line to a row, so many times.
 */
function add(
  state: State, at: i32, owned: i32, row: i32, times: i64,
): void {
  const stageBytes = state.stageBytes;
  const first = state.values + row * state.rowBytes;
  const any = first + state.stages * (SUMS << 3);
  const end = at + state.touchBytes;
  let touched: i32 = 0;
  let bytes: i64 = 0;
  for (let part = MASKS_AT; part < stageBytes; part += 8, owned += 8) {
    const mask = load<i64>(owned);
    let anyStage: i64 = 0;
    let own = first;
    let stage: i32 = 1;
    for (let masks = at + part; masks < end; masks += stageBytes) {
      const found = load<i64>(masks) & mask;
      if (found != 0) {
        anyStage |= found;
        bump(own + (BYTES << 3), times * popcnt(found));
        if ((touched & stage) == 0) bump(own + (LINES << 3), times);
        touched |= stage;
      }
      own += SUMS << 3;
      stage <<= 1;
    }
    bytes += popcnt(anyStage);
  }
  if (touched == 0) return;
  bump(any + (BYTES << 3), times * bytes);
  bump(any + (LINES << 3), times);
}

/**
 * Adds all of a line of one mask that nobody else has touched: `addCounts()` and
 * `add()` in one go, because most lines are such and have one stage or two.
 */
function addLine(state: State, at: i32, row: i32): void {
  const end = at + state.touchBytes;
  let sums = state.values + row * state.rowBytes;
  let anyStage: i64 = 0;
  for (let counts = at; counts < end; counts += 16, sums += SUMS << 3) {
    // Whoever is counted has touched a byte; what straddles a border is counted
    // in the line before.
    const found = load<i64>(counts, MASKS_AT);
    if (found == 0) continue;
    const count = load<i64>(counts);
    anyStage |= found;
    bump(sums, count & 0xffffffff);
    bump(sums + 8, count >>> 32);
    bump(sums + (BYTES << 3), popcnt(found));
    bump(sums + (LINES << 3), 1);
  }
  if (anyStage == 0) return;
  bump(sums + (BYTES << 3), popcnt(anyStage));
  bump(sums + (LINES << 3), 1);
}

/** Adds what is a structure's, and takes it out of the sum of all. */
@inline
function addShared(state: State, at: i32, owned: i32, structure: i32): void {
  add(state, at, owned, structure, 1);
  add(state, at, owned, state.structures, -1);
}

/** Adds what another one has touched of a line, and marks it as touched. */
function addOther(state: State, own: i32, other: i32, row: i32): void {
  addShared(state, other, state.whole, row);
  const stageBytes = state.stageBytes;
  for (let stage: i32 = 0; stage < state.touchBytes; stage += stageBytes) {
    for (let at = stage + MASKS_AT; at < stage + stageBytes; at += 8) {
      store<i64>(own + at, load<i64>(own + at) | load<i64>(other + at));
    }
  }
}

/** Takes what two have both touched of a line out of the sum of all. */
function takeOverlap(state: State, one: i32, other: i32): void {
  const stageBytes = state.stageBytes;
  const first = state.values + state.structures * state.rowBytes;
  const any = first + state.stages * (SUMS << 3);
  let inOne: i32 = 0;
  let inOther: i32 = 0;
  for (let at = MASKS_AT; at < stageBytes; at += 8) {
    let anyOne: i64 = 0;
    let anyOther: i64 = 0;
    for (let stage: i32 = 0; stage < state.stages; stage++) {
      const mask = load<i64>(one + at + stage * stageBytes);
      const otherMask = load<i64>(other + at + stage * stageBytes);
      if (mask != 0) inOne |= 1 << stage;
      if (otherMask != 0) inOther |= 1 << stage;
      anyOne |= mask;
      anyOther |= otherMask;
      if ((mask & otherMask) == 0) continue;
      const own = first + stage * (SUMS << 3);
      bump(own + (BYTES << 3), -popcnt(mask & otherMask));
    }
    bump(any + (BYTES << 3), -popcnt(anyOne & anyOther));
  }
  for (let both = inOne & inOther; both != 0; both &= both - 1) {
    bump(first + ctz(both) * (SUMS << 3) + (LINES << 3), -1);
  }
  if (inOne == 0 || inOther == 0) return;
  bump(any + (LINES << 3), -1);
}

/** Adds the bytes of a line of several structures to each of them. */
function addMixed(state: State, line: i32, own: i32): void {
  const shift = state.shift;
  if (shift == OWNED_SHIFT) {
    const owner = ownerOf(state, line);
    let at = state.shared + (owner - SHARED) * RECORD_BYTES + OWNED_BYTES;
    const end = state.shared + (owner - SHARED + 1) * RECORD_BYTES;
    for (; at < end && load<i64>(at, 8) != 0; at += OWNER_BYTES) {
      addShared(state, own, at + 8, load<i32>(at));
    }
    return;
  }
  const lineBytes = 1 << shift;
  const first = line << shift;
  const seen = state.scratch;
  const masks = seen + SHARED;
  const maskBytes = (lineBytes + MASK_BYTES - 1) >>> MASK_SHIFT << 3;
  memory.fill(seen, 0, SHARED);
  for (let byte: i32 = 0; byte < lineBytes; byte++) {
    const structure = structureAt(state, first + byte);
    if (load<u8>(seen + structure) != 0) continue;
    store<u8>(seen + structure, 1);
    memory.fill(masks, 0, maskBytes);
    for (let other = byte; other < lineBytes; other++) {
      if (structureAt(state, first + other) != structure) continue;
      const mask = masks + (other >>> MASK_SHIFT << 3);
      const bit = i64(1) << i64(other & (MASK_BYTES - 1));
      store<i64>(mask, load<i64>(mask) | bit);
    }
    addShared(state, own, masks, structure);
  }
}

/**
 * Ends the group: its lines are added to the sums, and forgotten.
 *
 * @param state What is counted.
 */
export function endGroup(state: State): void {
  const isOneMask = state.stageBytes == 16;
  const slotBytes = state.slotBytes;
  const end = state.end;
  for (let slot = state.slots; slot < end; slot += slotBytes) {
    const line = load<i32>(slot, LINE_AT);
    if (line == NO_LINE) continue;
    const own = slot + TOUCHED_AT;
    const structure = load<i32>(slot, STRUCTURE_AT);
    if (u32(line) < u32(state.lines)) {
      store<i32>(
        state.slotOfLine + (line << 2),
        structure >= 0 ? structure << 2 | KNOWN_BIT : 0,
      );
    }
    const zeroing = load<i32>(slot, ZEROING_AT);
    const allocator = load<i32>(slot, ALLOCATOR_AT);
    if (isOneMask && structure >= 0 && (zeroing | allocator) == 0) {
      addLine(state, own, structure);
    } else endLine(state, slot);
  }
  memory.fill(state.slots, 0, end - state.slots);
  state.end = state.slots;
}

/** Ends a line that others have touched, too, or of several masks. */
function endLine(state: State, slot: i32): void {
  const structures = state.structures;
  const whole = state.whole;
  const rows = structures - TOUCHERS;
  const line = load<i32>(slot, LINE_AT);
  const own = slot + TOUCHED_AT;
  const structure = load<i32>(slot, STRUCTURE_AT);
  const zeroing = load<i32>(slot, ZEROING_AT);
  const allocator = load<i32>(slot, ALLOCATOR_AT);
  // Those of a mixed line are counted already.
  if (structure >= 0) addCounts(state, own, structure);
  if (structure >= 0 && (zeroing | allocator) == 0) {
    // Of several masks: what is the structure's is all there is.
    add(state, own, whole, structure, 1);
    return;
  }
  const zeroed = zeroing + TOUCHED_AT;
  const allocated = allocator + TOUCHED_AT;
  if (zeroing != 0) addCounts(state, zeroed, rows + ZEROING);
  if (allocator != 0) addCounts(state, allocated, rows + ALLOCATOR);
  if (structure >= 0 && (zeroing == 0 || allocator == 0)) {
    const other = zeroing != 0 ? ZEROING : ALLOCATOR;
    const masks = zeroing != 0 ? zeroed : allocated;
    add(state, own, whole, structure, 1);
    add(state, masks, whole, rows + other, 1);
    takeOverlap(state, own, masks);
    return;
  }
  if (structure >= 0) addShared(state, own, whole, structure);
  else addMixed(state, line, own);
  if (zeroing != 0) addOther(state, own, zeroed, rows + ZEROING);
  if (allocator != 0) addOther(state, own, allocated, rows + ALLOCATOR);
  add(state, own, whole, structures, 1);
}
