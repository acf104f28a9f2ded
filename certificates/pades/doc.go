// Package pades puts a signature into a certificate's PDF and judges it: PAdES baseline B-B (ETSI EN 319 142-1), and B-T with a time stamp. A file
// is written anew as one revision with the signature in it, nothing is appended to it later, and a file counts as signed only when its one signature
// covers every byte but its own container, whose unused rest is zero. It knows nothing of certificates of training, storage or keys on disk.
package pades

// Creator is what files of this product name as the program that made them, in their information dictionary: they are recognised by it even when damaged.
const Creator = "APEL certificate"
