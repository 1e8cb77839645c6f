//! The checksum of what passes through a reader or writer.

use std::io::{Read, Result, Write};

/// A reader or writer that counts and checksums the bytes that pass.
pub(super) struct Summed<T> {
    inner: T,
    hasher: crc32fast::Hasher,
    count: u64,
}

impl<T> Summed<T> {
    pub fn new(inner: T) -> Self {
        Self { inner, hasher: crc32fast::Hasher::new(), count: 0 }
    }

    /// What the bytes pass to or come from.
    pub fn inner(&self) -> &T {
        &self.inner
    }

    pub fn count(&self) -> u64 {
        self.count
    }

    /// The CRC32 of the bytes that have passed, as eight hexadecimal digits.
    pub fn crc32(&self) -> String {
        format!("{:08x}", self.hasher.clone().finalize())
    }

    fn pass(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        self.count += bytes.len() as u64;
    }
}

impl<R: Read> Read for Summed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let passed = self.inner.read(buffer)?;
        self.pass(&buffer[..passed]);
        Ok(passed)
    }
}

impl<W: Write> Write for Summed<W> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        let passed = self.inner.write(bytes)?;
        self.pass(&bytes[..passed]);
        Ok(passed)
    }

    fn flush(&mut self) -> Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A writer that takes three bytes at a time, as a nearly full pipe does.
    struct Narrow(Vec<u8>);

    impl Write for Narrow {
        fn write(&mut self, bytes: &[u8]) -> Result<usize> {
            let count = bytes.len().min(3);
            self.0.extend(&bytes[..count]);
            Ok(count)
        }

        fn flush(&mut self) -> Result<()> {
            Ok(())
        }
    }

    #[test]
    fn short_writes_and_reads_are_summed_once() {
        // The check value of CRC-32/ISO-HDLC.
        let mut writer = Summed::new(Narrow(Vec::new()));
        writer.write_all(b"123456789").unwrap();
        assert_eq!((writer.crc32(), writer.count()), ("cbf43926".to_string(), 9));
        assert_eq!(writer.inner().0, b"123456789");
        let mut reader = Summed::new(&b"123456789"[..]);
        let mut buffer = [0; 64];
        while reader.read(&mut buffer).unwrap() > 0 {}
        assert_eq!((reader.crc32(), reader.count()), ("cbf43926".to_string(), 9));
    }

    #[test]
    fn leading_zeros_are_kept() {
        assert_eq!(Summed::new(std::io::sink()).crc32(), "00000000");
    }
}
