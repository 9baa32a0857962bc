//! What the attester asks of the kernel and can't ask safely: the requests to quote devices whose arguments are
//! addresses (`/dev/sev-guest` and `/dev/nsm`), and that a program ends with the one that started it.
//!
//! The kernel reads and writes buffers that it is told the addresses of. That needs `unsafe`, so it is done
//! here, between byte slices, and what the bytes mean is read elsewhere.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd as _;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;
use nix::unistd::{Pid, getppid};

/// What `/dev/sev-guest` answered to an extended request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SevGuestAnswer {
    /// What the firmware (low half) and the host (high half) say; zero where all is well.
    pub exit_info: u64,
    /// Bytes of certificates: how many there are, or how many would have room to be.
    pub certificate_bytes: u32,
}

/// `struct snp_guest_request_ioctl` of Linux' `uapi/linux/sev-guest.h`.
#[repr(C)]
struct GuestRequest {
    message_version: u8,
    request: u64,
    response: u64,
    exit_info: u64,
}

/// `struct snp_ext_report_req`: a report request of 96 bytes, and a buffer for certificates.
#[repr(C)]
struct ExtendedRequest {
    report: [u8; 96],
    certificates: u64,
    certificate_bytes: u32,
}

/// `struct nsm_raw` of `uapi/linux/nsm.h`.
#[repr(C)]
struct NsmRaw {
    request: u64,
    request_bytes: u64,
    response: u64,
    response_bytes: u64,
}

#[allow(unsafe_code, missing_docs, unreachable_pub, reason = "nix's macros make unsafe functions")]
mod calls {
    nix::ioctl_readwrite!(get_extended_report, b'S', 2, super::GuestRequest);
    nix::ioctl_readwrite!(nsm_raw, 0x0a, 0, super::NsmRaw);
}

/// `SNP_GET_EXT_REPORT`: a report over a request of 96 bytes, and the certificates that the host has for it.
///
/// # Errors
/// The system's; the answer then says how much room the certificates need.
pub fn sev_guest_extended_report(
    device: &File,
    request: &[u8; 96],
    response: &mut [u8; 4000],
    certificates: &mut [u8],
) -> (io::Result<()>, SevGuestAnswer) {
    let room = u32::try_from(certificates.len()).unwrap_or(u32::MAX);
    let mut extended = ExtendedRequest {
        report: *request,
        certificates: if room == 0 { 0 } else { address(certificates.as_mut_ptr()) },
        certificate_bytes: room,
    };
    let mut message = GuestRequest {
        message_version: 1,
        request: address(&raw mut extended),
        response: address(response.as_mut_ptr()),
        exit_info: 0,
    };
    // SAFETY: the structures have the layout of the kernel's header. The addresses are of buffers that live
    // until the call is over, are borrowed by nobody else, and have the lengths that the kernel is told or
    // knows: 112 and 4000 bytes.
    #[allow(unsafe_code, reason = "see above")]
    let done = unsafe { calls::get_extended_report(device.as_raw_fd(), &raw mut message) };
    let answer =
        SevGuestAnswer { exit_info: message.exit_info, certificate_bytes: extended.certificate_bytes };
    (done.map(|_| ()).map_err(io::Error::from), answer)
}

/// `NSM_IOCTL_RAW`: a request in CBOR, and its response.
///
/// # Errors
/// The system's.
pub fn nsm(device: &File, request: &[u8], response: &mut [u8]) -> io::Result<usize> {
    let length = |bytes: &[u8]| u64::try_from(bytes.len()).unwrap_or(0);
    let mut raw = NsmRaw {
        request: address(request.as_ptr().cast_mut()),
        request_bytes: length(request),
        response: address(response.as_mut_ptr()),
        response_bytes: length(response),
    };
    // SAFETY: as above. The kernel only reads the request, so it may be shared, and writes no more of the
    // response than its length.
    #[allow(unsafe_code, reason = "see above")]
    unsafe { calls::nsm_raw(device.as_raw_fd(), &raw mut raw) }?;
    Ok(usize::try_from(raw.response_bytes).unwrap_or(0).min(response.len()))
}

/// Has the kernel end a program when the thread ends that starts it, however that comes to its end.
pub fn ends_with_us(command: &mut Command) -> &mut Command {
    let this = Pid::this();
    let tie = move || {
        set_pdeathsig(Signal::SIGKILL)?;
        // Who started it may have ended before that.
        if getppid() == this { Ok(()) } else { Err(io::ErrorKind::Interrupted.into()) }
    };
    // SAFETY: between fork and exec only two system calls are made, and nothing is allocated.
    #[allow(unsafe_code, reason = "see above")]
    unsafe {
        command.pre_exec(tie)
    }
}

/// An address as the kernel takes it.
fn address<T>(pointer: *mut T) -> u64 {
    u64::try_from(pointer.expose_provenance()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structures_have_the_sizes_of_the_kernels() {
        assert_eq!(size_of::<GuestRequest>(), 32);
        assert_eq!(size_of::<ExtendedRequest>(), 112);
        assert_eq!(size_of::<NsmRaw>(), 32);
    }

    #[test]
    #[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
    fn a_program_ends_with_the_thread_that_started_it() {
        let start = || ends_with_us(Command::new("sleep").arg("600")).spawn().unwrap();
        let mut ended = std::thread::spawn(start).join().unwrap();
        let status = ended.wait().unwrap();
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(9));
    }

    #[test]
    #[allow(clippy::panic, reason = "a test that panics has failed")]
    fn what_is_no_quote_device_refuses() {
        let device = File::open("/dev/null").unwrap_or_else(|error| panic!("{error}"));
        let (done, answer) = sev_guest_extended_report(&device, &[0; 96], &mut [0; 4000], &mut []);
        assert!(done.is_err());
        assert_eq!(answer, SevGuestAnswer { exit_info: 0, certificate_bytes: 0 });
        assert!(nsm(&device, &[0], &mut [0; 16]).is_err());
    }
}
