//! The virtual TPM between a hardware report and the attested bytes: the HCL blob and the TPM quote.
