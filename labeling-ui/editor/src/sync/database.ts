/** A thin layer of promises over IndexedDB. Where the browser forbids storage, all reads are empty and writes fail. */

const STORES = ["heads", "bases", "steps", "outbox", "pending", "kept"] as const;
export type StoreName = (typeof STORES)[number];

let opening: Promise<IDBDatabase> | null = null;

function open(): Promise<IDBDatabase> {
  opening ??= new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open("labelwright-journal", 3);
    request.onupgradeneeded = () => {
      // Heads, bases, the outbox and what is being drawn by task, steps by task and number, kept copies by their own key.
      for (const name of STORES) if (!request.result.objectStoreNames.contains(name)) request.result.createObjectStore(name);
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error ?? new Error("no journal"));
  });
  return opening;
}

function done(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("the journal was not written"));
  });
}

function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the journal was not read"));
  });
}

export async function read<T>(store: StoreName, key: IDBValidKey): Promise<T | undefined> {
  const database = await open();
  return (await result(database.transaction(store).objectStore(store).get(key))) as T | undefined;
}

export async function readAll<T>(store: StoreName, range?: IDBKeyRange): Promise<T[]> {
  const database = await open();
  return (await result(database.transaction(store).objectStore(store).getAll(range))) as T[];
}

export async function readKeys(store: StoreName): Promise<IDBValidKey[]> {
  const database = await open();
  return result(database.transaction(store).objectStore(store).getAllKeys());
}

/** Several writes that happen all or not at all; resolves when they are on disk. */
export async function write(change: (store: (name: StoreName) => IDBObjectStore) => void): Promise<void> {
  const database = await open();
  const transaction = database.transaction(STORES, "readwrite", { durability: "strict" });
  change((name) => transaction.objectStore(name));
  await done(transaction);
}
