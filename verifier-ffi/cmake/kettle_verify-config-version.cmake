# The version is the installed header's. Before 1.0 a minor version may change the interface.
file(STRINGS "${CMAKE_CURRENT_LIST_DIR}/../../../include/kettle_verify.h" _kettle_verify_lines
  REGEX "^#define KETTLE_VERIFY_VERSION_(MAJOR|MINOR|PATCH) [0-9]+$")
string(REGEX REPLACE "[^0-9;]" "" _kettle_verify_parts "${_kettle_verify_lines}")
string(REPLACE ";" "." PACKAGE_VERSION "${_kettle_verify_parts}")
list(GET _kettle_verify_parts 0 _kettle_verify_major)
list(GET _kettle_verify_parts 1 _kettle_verify_minor)
set(PACKAGE_VERSION_COMPATIBLE FALSE)
if(NOT PACKAGE_FIND_VERSION OR PACKAGE_VERSION VERSION_EQUAL PACKAGE_FIND_VERSION)
  set(PACKAGE_VERSION_COMPATIBLE TRUE)
elseif(PACKAGE_VERSION VERSION_GREATER PACKAGE_FIND_VERSION
    AND PACKAGE_FIND_VERSION_MAJOR EQUAL _kettle_verify_major
    AND (_kettle_verify_major GREATER 0 OR PACKAGE_FIND_VERSION_MINOR EQUAL _kettle_verify_minor))
  set(PACKAGE_VERSION_COMPATIBLE TRUE)
endif()
if(PACKAGE_VERSION VERSION_EQUAL PACKAGE_FIND_VERSION)
  set(PACKAGE_VERSION_EXACT TRUE)
endif()
